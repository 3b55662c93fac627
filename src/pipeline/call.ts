import { PermissionDenied, RouteNotFound } from '../contract/built-in-failures.js';
import type { Decode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { validate } from '../contract/validate.js';
import type { FeatureFlags } from '../ports/feature-flags.js';
import type { CallContext } from './call-context.js';
import { allowed } from './principal.js';

const noInput = {};

/** The steps of the pipeline take it alone and write their results into it. */
export class Call {
  decision = allowed;
  input: object = noInput;
  idempotencyKey: string | undefined;

  constructor(
    readonly operation: OperationDescriptor,
    readonly context: CallContext,
    readonly payload: unknown,
    readonly decode: Decode,
  ) {
    this.idempotencyKey = context.inbound.idempotencyKey;
  }

  /** Throws RouteNotFound. */
  requireEnabled(flags: FeatureFlags): void {
    const { enabledBy } = this.operation.spec;
    if (enabledBy !== undefined && !flags.isOn(enabledBy)) throw new RouteNotFound();
  }

  /** Throws Unauthenticated or PermissionDenied when no input could make the call legal. */
  authorize(): void {
    this.decision = this.context.principal.authorize(this.operation);
  }

  /** Throws InvalidArgument. */
  validate(): void {
    this.input = validate(this.operation, this.payload, this.decode);
  }

  /** Throws PermissionDenied. */
  authorizeInput(): void {
    if (this.decision.allows?.(this.input) === false) throw new PermissionDenied();
  }
}
