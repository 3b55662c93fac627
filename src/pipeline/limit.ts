import { RateLimited } from '../contract/built-in-failures.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { RateDecision, RateLimiter, RatePolicy } from '../ports/rate-limiter.js';
import { type CallContext, runInCall } from './call-context.js';

interface Rate {
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface LimitSettings {
  readonly enabled: boolean;
  /** Of one network address, over all operations. */
  readonly address: Rate;
  /** Of one caller and operation. */
  readonly caller: Rate;
  /** In place of `caller`, by operation id. */
  readonly operations: Readonly<Record<string, Rate>>;
}

/** The two limits at the edge. Both answer without a promise when the limiter does. */
export class Limits {
  #address: RatePolicy;
  readonly #policies = new Map<OperationDescriptor, RatePolicy>();

  constructor(
    private readonly limiter: RateLimiter,
    private settings: LimitSettings,
  ) {
    this.#address = { name: 'address', ...settings.address };
  }

  /** Holds for calls that begin from now on. */
  update(settings: LimitSettings): void {
    this.settings = settings;
    this.#address = { name: 'address', ...settings.address };
    this.#policies.clear();
  }

  perAddress(call: CallContext): void | Promise<void> {
    return this.#consume(call, this.#address, call.network);
  }

  perCaller(call: CallContext, operation: OperationDescriptor): void | Promise<void> {
    const { principal } = call;
    const caller = principal.isAnonymous ? call.network : principal.id;
    return this.#consume(call, this.#policy(operation), caller);
  }

  #consume(call: CallContext, policy: RatePolicy, key: string): void | Promise<void> {
    if (!this.settings.enabled || call.isForwarded) return;
    const decision = call.span ? this.#recorded(call, policy, key) : this.limiter.consume(policy, key);
    if (decision instanceof Promise) return decision.then((made) => this.#apply(call, policy, made));
    this.#apply(call, policy, decision);
  }

  #policy(operation: OperationDescriptor): RatePolicy {
    let policy = this.#policies.get(operation);
    if (!policy) {
      const declared = operation.spec.ratePerSecond;
      const preset = declared === undefined ? this.settings.caller : { quota: declared, windowSeconds: 1 };
      policy = { name: operation.id, ...(this.settings.operations[operation.id] ?? preset) };
      this.#policies.set(operation, policy);
    }
    return policy;
  }

  /** Only those who record it look for the call. */
  #recorded(call: CallContext, policy: RatePolicy, key: string): RateDecision | Promise<RateDecision> {
    return runInCall(call, () => this.limiter.consume(policy, key));
  }

  #apply(call: CallContext, policy: RatePolicy, decision: RateDecision): void {
    call.rate = { policy, decision };
    if (!decision.allowed) throw new RateLimited({ retryAfterSeconds: Math.max(1, decision.resetSeconds) });
  }
}
