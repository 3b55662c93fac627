import { RouteNotFound } from '../contract/built-in-failures.js';
import { validate } from '../contract/validate.js';
import type { FeatureFlags } from '../ports/feature-flags.js';
import type { Call } from './call.js';

export interface Step {
  readonly recordedAs?: string;
  /** Done by the edge: a process that receives a forwarded call skips it. */
  readonly atEdgeOnly?: boolean;
  /** Throws or rejects with a Failure. Returns a promise only when it has to wait. */
  readonly run: (call: Call) => void | Promise<void>;
}

export function requireEnabled({ operation }: Call, flags: FeatureFlags): void {
  const { enabledBy } = operation.spec;
  if (enabledBy !== undefined && !flags.isOn(enabledBy)) throw new RouteNotFound();
}

export function authorizeOperation(call: Call): void {
  call.decision = call.context.principal.authorize(call.operation);
}

export function validateInput(call: Call): void {
  call.input = validate(call.operation, call.payload, call.decode);
}
