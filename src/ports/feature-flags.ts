import type { Flag } from '../contract/flag.js';

/** What is switched on at the moment. */
export abstract class FeatureFlags {
  /** From memory: a change made elsewhere is known here within moments. */
  abstract isOn(flag: Flag): boolean;
}
