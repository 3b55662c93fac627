import { RouteNotFound } from '../contract/built-in-failures.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { FeatureFlags } from '../ports/feature-flags.js';

/** Throws RouteNotFound while the flag of the operation is off: as if it were not there. */
export function requireEnabled({ spec: { enabledBy } }: OperationDescriptor, flags: FeatureFlags): void {
  if (enabledBy !== undefined && !flags.isOn(enabledBy)) throw new RouteNotFound();
}
