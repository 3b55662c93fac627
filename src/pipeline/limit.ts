import { Injectable } from '@nestjs/common';
import { RateLimited } from '../contract/built-in-failures.js';
import type { OperationDescriptor } from '../contract/module.js';
import { type RateDecision, RateLimiter, type RatePolicy } from '../ports/rate-limiter.js';
import type { Call } from './call.js';
import { type CallContext, runInCall } from './call-context.js';
import { networkOf } from './network-of.js';
import { type LimitSettings, PipelineSettings } from './pipeline-settings.js';

@Injectable()
export class Limits {
  #settings: LimitSettings;
  /** By operation; without one, that of addresses. */
  readonly #policies = new Map<OperationDescriptor | undefined, RatePolicy>();

  constructor(
    private readonly limiter: RateLimiter,
    { limits }: PipelineSettings,
  ) {
    this.#settings = limits;
  }

  update(settings: LimitSettings): void {
    this.#settings = settings;
    this.#policies.clear();
  }

  perAddress(context: CallContext): void | Promise<void> {
    return this.#consume(context, networkOf(context.address));
  }

  perCaller({ context, operation }: Call): void | Promise<void> {
    const { principal, address } = context;
    return this.#consume(context, principal.isAnonymous ? networkOf(address) : principal.id, operation);
  }

  #consume(context: CallContext, key: string, operation?: OperationDescriptor): void | Promise<void> {
    if (!this.#settings.enabled) return;
    const policy = this.#policies.getOrInsertComputed(operation, this.#policyOf);
    const decision = context.span ? this.#recorded(context, policy, key) : this.limiter.consume(policy, key);
    if (decision instanceof Promise) return decision.then((made) => apply(context, policy, made));
    apply(context, policy, decision);
  }

  readonly #policyOf = (operation: OperationDescriptor | undefined): RatePolicy => {
    const { address, caller, operations } = this.#settings;
    if (!operation) return { name: 'address', ...address };
    const { id, spec } = operation;
    const preset = spec.ratePerSecond === undefined ? caller : { quota: spec.ratePerSecond, windowSeconds: 1 };
    return { name: id, ...(operations[id] ?? preset) };
  };

  /** The limiter reads the parent of its span from the current call. */
  #recorded(context: CallContext, policy: RatePolicy, key: string): RateDecision | Promise<RateDecision> {
    return runInCall(context, () => this.limiter.consume(policy, key));
  }
}

function apply(context: CallContext, policy: RatePolicy, decision: RateDecision): void {
  context.rate = { policy, decision };
  if (!decision.allowed) throw new RateLimited({ retryAfterSeconds: Math.max(1, decision.resetSeconds) });
}
