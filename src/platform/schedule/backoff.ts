export interface Backoff {
  /** Upper bound of the first pause in milliseconds; it doubles with each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Anything from nothing to the bound: callers that failed together come back apart. `attempt` counts from 1. */
export const fullJitter = ({ baseMs, maxMs }: Backoff, attempt: number): number =>
  Math.random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
