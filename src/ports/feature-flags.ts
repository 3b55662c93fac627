import type { Flag } from '../contract/flag.js';

export abstract class FeatureFlags {
  /** From memory: changes arrive within moments. */
  abstract isOn(flag: Flag): boolean;
}
