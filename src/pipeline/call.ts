import { PermissionDenied, RouteNotFound } from '../contract/built-in-failures.js';
import { asIs, type Decode, type Encode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { validate } from '../contract/validate.js';
import type { FeatureFlags } from '../ports/feature-flags.js';
import type { CallContext } from './call-context.js';
import { allowed } from './principal.js';

const noInput = {};

/** Each step of the pipeline takes a call, and writes its result into it. */
export class Call {
  decision = allowed;
  input: object = noInput;
  idempotencyKey: string | undefined;
  /** Makes the answer of the protocol from the output. */
  encode: Encode = asIs;

  constructor(
    readonly operation: OperationDescriptor,
    readonly context: CallContext,
    readonly payload: unknown,
    readonly decode: Decode,
  ) {
    this.idempotencyKey = context.inbound.idempotencyKey;
  }

  requireEnabled(flags: FeatureFlags): void {
    const { enabledBy } = this.operation.spec;
    if (enabledBy !== undefined && !flags.isOn(enabledBy)) throw new RouteNotFound();
  }

  authorize(): void {
    this.decision = this.context.principal.authorize(this.operation);
  }

  validate(): void {
    this.input = validate(this.operation, this.payload, this.decode);
  }

  authorizeInput(): void {
    if (this.decision.allows?.(this.input) === false) throw new PermissionDenied();
  }
}
