import type { OperationDescriptor } from '../contract/module.js';
import type { Protocol } from '../contract/operation.js';
import { wallClock } from '../contract/wall-clock.js';

/** Upper bounds in seconds. */
export const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export interface Exemplar {
  readonly traceId: string;
  readonly seconds: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export class OperationCounts {
  readonly outcomes = new Map<string, number>();
  readonly buckets = new Float64Array(durationBuckets.length + 1);
  readonly exemplars: (Exemplar | undefined)[] = [];
  seconds = 0;

  add(outcome: string, seconds: number, traceId?: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.seconds += seconds;
    let bucket = 0;
    while (bucket < durationBuckets.length && seconds > (durationBuckets[bucket] ?? 0)) bucket++;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    if (traceId !== undefined) this.exemplars[bucket] = { traceId, seconds, at: wallClock() };
  }
}

const noCalls = () => new Map<Protocol, OperationCounts>();
const noCounts = () => new OperationCounts();

export class OperationMetrics {
  readonly #counts = new Map<OperationDescriptor, Map<Protocol, OperationCounts>>();

  of(operation: OperationDescriptor, protocol: Protocol): OperationCounts {
    return this.#counts.getOrInsertComputed(operation, noCalls).getOrInsertComputed(protocol, noCounts);
  }

  *entries(): Iterable<[OperationDescriptor, Protocol, OperationCounts]> {
    for (const [operation, protocols] of this.#counts) {
      for (const [protocol, counts] of protocols) yield [operation, protocol, counts];
    }
  }
}
