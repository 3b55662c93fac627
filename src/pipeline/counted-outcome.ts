import type { Failure } from '../contract/failure.js';
import type { OperationDescriptor } from '../contract/module.js';
import type { Call } from './call.js';
import type { CallContext } from './call-context.js';
import type { OperationCounts } from './operation-metrics.js';
import type { Outcome } from './running-calls.js';
import type { Span } from './span.js';

interface Failures {
  toFailure(error: unknown, context: CallContext, operation: OperationDescriptor): Failure;
}

/** Counts the outcome of a call, and ends its span, before the transport gets it. */
export class CountedOutcome implements Outcome {
  private readonly started = performance.now();
  private readonly span: Span | undefined;

  constructor(
    private readonly failures: Failures,
    private readonly call: Call,
    private readonly counts: OperationCounts,
    private readonly outcome: Outcome<Failure>,
  ) {
    this.span = call.context.span;
  }

  resolve(value: unknown): void {
    this.counts.add('OK', this.#seconds, this.#traceId);
    this.span?.end();
    this.outcome.resolve(value);
  }

  reject(error: unknown): void {
    const failure = this.failures.toFailure(error, this.call.context, this.call.operation);
    this.counts.add(failure.code, this.#seconds, this.#traceId);
    this.span?.end(failure);
    this.outcome.reject(failure);
  }

  get #traceId(): string | undefined {
    return this.span && this.call.context.trace.traceId;
  }

  get #seconds(): number {
    return (performance.now() - this.started) / 1000;
  }
}
