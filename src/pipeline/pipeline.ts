import { Injectable, Logger } from '@nestjs/common';
import { Cancelled, DeadlineExceeded, Internal, ServiceUnavailable } from '../contract/built-in-failures.js';
import { Failure } from '../contract/failure.js';
import type { OperationDescriptor } from '../contract/module.js';
import { FeatureFlags } from '../ports/feature-flags.js';
import { Authenticator } from './authenticate.js';
import type { Call } from './call.js';
import { beginContext, type CallContext, type Inbound, runInCall } from './call-context.js';
import { Executor } from './executor.js';
import { Limits } from './limit.js';
import { type OperationCounts, OperationMetrics } from './operation-metrics.js';
import { PipelineSettings } from './pipeline-settings.js';
import { type Excess, Pressure } from './pressure.js';
import { Principals } from './principal.js';
import { type CompletionHandler, RunningCalls } from './running-calls.js';
import { Tracer } from './tracer.js';

interface Step {
  readonly spanName?: string;
  /** Skipped for a forwarded call, which the first step finds out. */
  readonly atEdgeOnly?: boolean;
  /** Throws or rejects with a Failure. Returns a promise only when it has to wait. */
  readonly run: (call: Call) => void | Promise<void>;
}

@Injectable()
export class Pipeline {
  readonly #logger = new Logger('Pipeline');
  readonly #steps: readonly Step[] = [
    { run: ({ context }) => this.authenticator.acceptForwarded(context) },
    { spanName: 'limit_address', atEdgeOnly: true, run: ({ context }) => this.limits.perAddress(context) },
    { run: (call) => call.requireEnabled(this.flags) },
    { spanName: 'authenticate', run: ({ context, operation }) => this.authenticator.identify(context, operation) },
    { spanName: 'authorize', run: (call) => call.authorize() },
    { spanName: 'limit_caller', atEdgeOnly: true, run: (call) => this.limits.perCaller(call) },
    { spanName: 'validate', run: (call) => call.validate() },
  ];

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
    private readonly tracer: Tracer,
  ) {}

  begin(inbound: Inbound, operation?: OperationDescriptor): CallContext {
    const longest = this.longest(operation);
    const wanted = inbound.timeoutMs ?? longest;
    const allowed = wanted >= 0 && wanted < longest ? wanted : longest;
    const context = beginContext(inbound, this.principals.anonymous, performance.now() + allowed);
    if (allowed === 0) context.lifetime.end(new DeadlineExceeded());
    return context;
  }

  longest(operation?: OperationDescriptor): number {
    return operation?.spec.deadlineMs ?? this.settings.deadlineMs;
  }

  /** Without a promise, which costs more than most steps. */
  run(call: Call, handler: CompletionHandler<Failure>): void {
    if (this.calls.draining) {
      handler.reject(new ServiceUnavailable({ detail: 'This process is stopping' }));
      return;
    }
    const excess = this.pressure.excess(this.calls.size);
    if (excess !== undefined) {
      this.#shed(call, excess, handler);
      return;
    }
    const { operation, context } = call;
    context.span = this.tracer.serve(operation, context);
    const counts = this.metrics.of(operation, context.inbound.protocol);
    this.calls.watch(context.lifetime, this.#runSteps(call), new CountingHandler(this, call, counts, handler));
  }

  /** No span and no log line: refusing must be cheap. */
  #shed({ operation, context }: Call, excess: Excess, handler: CompletionHandler<Failure>): void {
    const failure = this.pressure.refuse(excess);
    this.metrics.of(operation, context.inbound.protocol).add(failure.code, 0);
    handler.reject(failure);
  }

  /** Awaits only the steps that return a promise: a promise costs more than most steps. */
  #runSteps(call: Call, from = 0): Promise<unknown> {
    try {
      for (let next = from; next < this.#steps.length; next++) {
        const step = this.#steps[next] as Step;
        if (step.atEdgeOnly && call.context.isForwarded) continue;
        const pending = step.run(call);
        if (pending) return pending.then(() => this.#runSteps(recorded(step, call), next + 1));
        recorded(step, call);
      }
      return this.executor.run(call);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Cancels the work with the call. Rejects with the original error. */
  runCancellable<T>(context: CallContext, work: () => Promise<T>): Promise<T> {
    return this.calls.settled(context.lifetime, runInCall(context, work));
  }

  /** For credentials that are sent without a call. Throws Unauthenticated. */
  async authenticate(context: CallContext): Promise<void> {
    await this.limits.perAddress(context);
    await this.authenticator.identify(context);
  }

  /** Logs unexpected errors. */
  toFailure(error: unknown, context: CallContext, operation?: OperationDescriptor): Failure {
    if (error instanceof Failure) return error;
    this.#logger.error({
      err: error,
      msg: 'unexpected error',
      operation: operation?.id,
      protocol: context.inbound.protocol,
      request_id: context.requestId,
      trace_id: context.trace.traceId,
      span_id: context.trace.spanId,
    });
    return new Internal({ cause: error });
  }

  cancel(context: CallContext): void {
    context.lifetime.end(new Cancelled());
  }

  get running(): number {
    return this.calls.size;
  }

  /** Refuses new calls. Resolves when the running ones have ended. */
  drain(): Promise<void> {
    return this.calls.drain();
  }
}

function recorded({ spanName }: Step, call: Call): Call {
  if (spanName !== undefined) call.context.span?.step(spanName);
  return call;
}

/** Encodes the output. Counts the outcome and ends the span before the transport gets the answer. */
class CountingHandler implements CompletionHandler {
  private readonly started = performance.now();

  constructor(
    private readonly pipeline: Pipeline,
    private readonly call: Call,
    private readonly counts: OperationCounts,
    private readonly handler: CompletionHandler<Failure>,
  ) {}

  resolve(output: unknown): void {
    let answer: unknown;
    try {
      answer = this.call.encode(output);
    } catch (error) {
      this.reject(error);
      return;
    }
    this.#count('OK');
    this.handler.resolve(answer);
  }

  reject(error: unknown): void {
    const { operation, context } = this.call;
    const failure = this.pipeline.toFailure(error, context, operation);
    this.#count(failure.code, failure);
    this.handler.reject(failure);
  }

  #count(outcome: string, failure?: Failure): void {
    const { span, trace } = this.call.context;
    this.counts.add(outcome, (performance.now() - this.started) / 1000, span && trace.traceId);
    span?.end(failure);
  }
}
