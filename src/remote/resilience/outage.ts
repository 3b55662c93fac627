import { Failure } from '../../contract/failure.js';
import type { Verdict } from './circuit.js';

/** Whether no handler had the request. */
export const isUnsent = (error: unknown): boolean => error instanceof Failure && error.retry === 'always';

/** Whether nobody answered. A failure with `retry: never` is an answer, of a service that is there and lacks another. */
export const isOutage = (error: unknown): error is Failure =>
  error instanceof Failure &&
  (error.kind === 'unavailable' || error.kind === 'deadline_exceeded') &&
  error.retry !== 'never';

export function verdict(error: unknown, ms: number, fairMs: number): Verdict {
  if (!(error instanceof Failure)) return 'answer';
  if (error.kind === 'cancelled') return 'neutral';
  if (!isOutage(error)) return 'answer';
  return error.kind === 'deadline_exceeded' && ms < fairMs ? 'neutral' : 'failure';
}
