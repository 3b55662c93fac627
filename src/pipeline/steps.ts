import { RouteNotFound } from '../contract/built-in-failures.js';
import { validate } from '../contract/validate.js';
import type { FeatureFlags } from '../ports/feature-flags.js';
import type { Call } from './call.js';

export interface Step {
  /** Name of the span attribute with its duration. */
  readonly recordedAs?: string;
  /** Done by the process that the caller reached, and not again by those it forwards to. */
  readonly atEdgeOnly?: boolean;
  /** Throws or rejects with the Failure that ends the call. Without a promise where it needs none. */
  readonly run: (call: Call) => void | Promise<void>;
}

/** Throws RouteNotFound while the flag of the operation is off: as if it were not there. */
export function requireEnabled({ operation }: Call, flags: FeatureFlags): void {
  const { enabledBy } = operation.spec;
  if (enabledBy !== undefined && !flags.isOn(enabledBy)) throw new RouteNotFound();
}

/** May this caller ever call the operation? Throws Unauthenticated or PermissionDenied. */
export function authorizeOperation(call: Call): void {
  call.decision = call.context.principal.authorize(call.operation);
}

/** Throws InvalidArgument with every issue. */
export function validateInput(call: Call): void {
  call.input = validate(call.operation, call.payload, call.decode);
}
