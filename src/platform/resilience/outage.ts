import { Failure } from '../../contract/failure.js';
import type { Verdict } from './circuit.js';

const final = new WeakSet<object>();
const unsent = new WeakSet<object>();

/**
 * Says that the failure was retried as far as it may be: more attempts by those who called would only multiply.
 * Over gRPC it crosses as `grpc-retry-pushback-ms: -1`.
 * Source: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
 */
export function markFinal<T extends Failure>(failure: T): T {
  final.add(failure);
  return failure;
}

export const isFinal = (error: unknown): boolean => error instanceof Failure && final.has(error);

/** Says that the request never left this process: it may be sent again, whatever it does. */
export function markUnsent<T extends Failure>(failure: T): T {
  unsent.add(failure);
  return failure;
}

export const isUnsent = (error: unknown): boolean => error instanceof Failure && unsent.has(error);

/** Whether nobody answered. A final failure is an answer: of a service that is there, and misses another one. */
export const isOutage = (error: unknown): error is Failure =>
  error instanceof Failure && (error.kind === 'unavailable' || error.kind === 'deadline_exceeded') && !isFinal(error);

/** What the end of a call that took `ms` tells of the one called. */
export function verdict(error: unknown, ms: number, fairMs: number): Verdict {
  if (!(error instanceof Failure)) return 'answer';
  if (error.kind === 'cancelled') return 'neutral';
  if (!isOutage(error)) return 'answer';
  return error.kind === 'deadline_exceeded' && ms < fairMs ? 'neutral' : 'failure';
}
