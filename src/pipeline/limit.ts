import { Injectable } from '@nestjs/common';
import { RateLimited } from '../contract/built-in-failures.js';
import type { OperationDescriptor } from '../contract/module.js';
import { type RateDecision, RateLimiter, type RatePolicy } from '../ports/rate-limiter.js';
import type { Call } from './call.js';
import { type CallContext, runInCall } from './call-context.js';
import { type LimitSettings, PipelineSettings } from './pipeline-settings.js';

@Injectable()
export class Limits {
  #settings: LimitSettings;
  #address: RatePolicy;
  readonly #policies = new Map<OperationDescriptor, RatePolicy>();

  constructor(
    private readonly limiter: RateLimiter,
    { limits }: PipelineSettings,
  ) {
    this.#settings = limits;
    this.#address = { name: 'address', ...limits.address };
  }

  update(settings: LimitSettings): void {
    this.#settings = settings;
    this.#address = { name: 'address', ...settings.address };
    this.#policies.clear();
  }

  perAddress(context: CallContext): void | Promise<void> {
    return this.#consume(context, this.#address, context.network);
  }

  perCaller({ context, operation }: Call): void | Promise<void> {
    const { principal, network } = context;
    return this.#consume(context, this.#policy(operation), principal.isAnonymous ? network : principal.id);
  }

  #consume(context: CallContext, policy: RatePolicy, key: string): void | Promise<void> {
    if (!this.#settings.enabled) return;
    const decision = context.span ? this.#recorded(context, policy, key) : this.limiter.consume(policy, key);
    if (decision instanceof Promise) return decision.then((made) => this.#apply(context, policy, made));
    this.#apply(context, policy, decision);
  }

  #policy(operation: OperationDescriptor): RatePolicy {
    let policy = this.#policies.get(operation);
    if (!policy) {
      const declared = operation.spec.ratePerSecond;
      const preset = declared === undefined ? this.#settings.caller : { quota: declared, windowSeconds: 1 };
      policy = { name: operation.id, ...(this.#settings.operations[operation.id] ?? preset) };
      this.#policies.set(operation, policy);
    }
    return policy;
  }

  /** The limiter reads the parent of its span from the current call. */
  #recorded(context: CallContext, policy: RatePolicy, key: string): RateDecision | Promise<RateDecision> {
    return runInCall(context, () => this.limiter.consume(policy, key));
  }

  #apply(context: CallContext, policy: RatePolicy, decision: RateDecision): void {
    context.rate = { policy, decision };
    if (!decision.allowed) throw new RateLimited({ retryAfterSeconds: Math.max(1, decision.resetSeconds) });
  }
}
