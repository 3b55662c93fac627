import { Failure } from '../../contract/failure.js';
import type { Verdict } from './circuit.js';

export const isUnsent = (error: unknown): boolean => error instanceof Failure && error.retry === 'always';

/** No answer. `retry: never` is an answer: the service is up and lacks another one. */
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
