import { Cancelled, DeadlineExceeded, Internal, ServiceUnavailable } from '../contract/built-in-failures.js';
import { Failure } from '../contract/failure.js';
import type { Decode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { validate } from '../contract/validate.js';
import type { FeatureFlags } from '../ports/feature-flags.js';
import type { Authenticator } from './authenticate.js';
import { requireEnabled } from './availability.js';
import { CallContext, type Inbound, runInCall } from './call-context.js';
import type { Executor } from './executor.js';
import type { Limits } from './limit.js';
import type { OperationCounts, OperationMetrics } from './operation-metrics.js';
import type { Excess, Pressure } from './pressure.js';
import type { Decision, Principal, Principals } from './principal.js';
import type { Outcome, RunningCalls } from './running-calls.js';
import type { ServerSpan } from './span.js';
import type { Tracer } from './tracer.js';

export interface PipelineSettings {
  /** Milliseconds; the longest a caller may ask for as well. */
  readonly deadlineMs: number;
}

export interface CallLog {
  /** An error nobody declared: with its stack, for the caller is told nothing of it. */
  unexpected(error: unknown, operation: OperationDescriptor | undefined, call: CallContext): void;
}

/** What a transport does with a request: `begin`, `execute` or `run`, and `toFailure` for whatever is thrown. */
export class Pipeline {
  constructor(
    private readonly settings: PipelineSettings,
    private readonly principals: Principals,
    private readonly authenticator: Authenticator,
    private readonly limits: Limits,
    private readonly flags: FeatureFlags,
    private readonly pressure: Pressure,
    private readonly executor: Executor,
    private readonly calls: RunningCalls,
    private readonly metrics: OperationMetrics,
    private readonly log: CallLog,
    private readonly tracer: Tracer,
  ) {}

  begin(inbound: Inbound, operation?: OperationDescriptor): CallContext {
    const longest = operation?.spec.deadlineMs ?? this.settings.deadlineMs;
    const wanted = inbound.timeoutMs ?? longest;
    const allowed = wanted >= 0 && wanted < longest ? wanted : longest;
    const call = CallContext.begin(inbound, this.principals.anonymous, performance.now() + allowed);
    if (allowed === 0) call.lifetime.end(new DeadlineExceeded());
    return call;
  }

  /** The handler's value; rejects with a Failure. */
  execute(operation: OperationDescriptor, call: CallContext, payload: unknown, decode: Decode): Promise<unknown> {
    return new Promise((answer, refuse) => this.run(operation, call, payload, decode, { answer, refuse }));
  }

  /** The same for the transports that count nanoseconds: no promise of its own. `outcome` must not throw. */
  run(
    operation: OperationDescriptor,
    call: CallContext,
    payload: unknown,
    decode: Decode,
    outcome: Outcome<Failure>,
  ): void {
    if (this.calls.draining) {
      outcome.refuse(new ServiceUnavailable({ detail: 'This process is stopping' }));
      return;
    }
    const excess = this.pressure.excess(this.calls.size);
    if (excess !== undefined) {
      this.#shed(operation, call, excess, outcome);
      return;
    }
    const counts = this.metrics.of(operation, call.inbound.protocol);
    const span = this.tracer.serve(operation, call);
    call.span = span;
    const counted = new CountedOutcome(this, operation, call, counts, span, outcome);
    this.calls.watch(call.lifetime, this.#edge(operation, call, payload, decode), counted);
  }

  /** Costs as little as it can: no span, no line in the log. */
  #shed(operation: OperationDescriptor, call: CallContext, excess: Excess, outcome: Outcome<Failure>): void {
    const failure = this.pressure.refuse(excess);
    this.metrics.of(operation, call.inbound.protocol).add(failure.code, 0);
    outcome.refuse(failure);
  }

  /** Steps that answer at once are not awaited. */
  #edge(operation: OperationDescriptor, call: CallContext, payload: unknown, decode: Decode): Promise<unknown> {
    try {
      const forwarded = call.inbound.forwarded && this.authenticator.forwarded(call, call.inbound.forwarded);
      if (forwarded) return forwarded.then(() => this.#limited(operation, call, payload, decode));
      return this.#limited(operation, call, payload, decode);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #limited(operation: OperationDescriptor, call: CallContext, payload: unknown, decode: Decode): Promise<unknown> {
    const byAddress = this.limits.perAddress(call);
    if (byAddress) return byAddress.then(() => this.#identified(operation, call, payload, decode));
    return this.#identified(operation, call, payload, decode);
  }

  #identified(operation: OperationDescriptor, call: CallContext, payload: unknown, decode: Decode): Promise<unknown> {
    if (!call.isForwarded) call.span?.step('limit_address');
    requireEnabled(operation, this.flags);
    const principal = this.authenticator.authenticate(call, operation);
    if (!(principal instanceof Promise)) return this.#admitted(operation, call, principal, payload, decode);
    return principal.then((verified) => this.#admitted(operation, call, verified, payload, decode));
  }

  #admitted(
    operation: OperationDescriptor,
    call: CallContext,
    principal: Principal,
    payload: unknown,
    decode: Decode,
  ): Promise<unknown> {
    call.principal = principal;
    call.span?.step('authenticate');
    const decision = principal.authorize(operation);
    call.span?.step('authorize');
    const byCaller = this.limits.perCaller(call, operation);
    if (byCaller) return byCaller.then(() => this.#owned(operation, call, decision, payload, decode));
    return this.#owned(operation, call, decision, payload, decode);
  }

  #owned(
    operation: OperationDescriptor,
    call: CallContext,
    decision: Decision,
    payload: unknown,
    decode: Decode,
  ): Promise<unknown> {
    if (!call.isForwarded) call.span?.step('limit_caller');
    const input = validate(operation, payload, decode);
    call.span?.step('validate');
    return this.executor.run(operation, call, decision, input, call.inbound.idempotencyKey);
  }

  /** What a transport does for a call beside its operation, over when the call is. Rejects with what was thrown. */
  within<T>(call: CallContext, work: () => Promise<T>): Promise<T> {
    return new Promise((answer, refuse) => this.calls.watch(call.lifetime, runInCall(call, work), { answer, refuse }));
  }

  /** For transports that take credentials apart from calls. Throws Unauthenticated. */
  async authenticate(call: CallContext): Promise<void> {
    await this.limits.perAddress(call);
    call.principal = await this.authenticator.authenticate(call);
  }

  /** Any error as the failure the caller may see; logs what nobody expected. */
  toFailure(error: unknown, call: CallContext, operation?: OperationDescriptor): Failure {
    if (error instanceof Failure) return error;
    this.log.unexpected(error, operation, call);
    return new Internal({ cause: error });
  }

  /** The caller of `call` went away: its work may stop. */
  cancel(call: CallContext): void {
    call.lifetime.end(new Cancelled());
  }

  /** Calls under way. */
  get running(): number {
    return this.calls.size;
  }

  /** Refuses new calls and resolves when the running ones have ended. */
  drain(): Promise<void> {
    return this.calls.drain();
  }
}

/** Counts what a call came to before the transport is told. */
class CountedOutcome implements Outcome {
  private readonly started = performance.now();

  constructor(
    private readonly pipeline: Pipeline,
    private readonly operation: OperationDescriptor,
    private readonly call: CallContext,
    private readonly counts: OperationCounts,
    private readonly span: ServerSpan | undefined,
    private readonly outcome: Outcome<Failure>,
  ) {}

  answer(value: unknown): void {
    this.counts.add('OK', this.#seconds, this.#traceId);
    this.span?.end();
    this.outcome.answer(value);
  }

  refuse(error: unknown): void {
    const failure = this.pipeline.toFailure(error, this.call, this.operation);
    this.counts.add(failure.code, this.#seconds, this.#traceId);
    this.span?.end(failure);
    this.outcome.refuse(failure);
  }

  get #traceId(): string | undefined {
    return this.span && this.call.trace.traceId;
  }

  get #seconds(): number {
    return (performance.now() - this.started) / 1000;
  }
}
