import { vi } from 'vitest';

/** Checks again until it throws nothing; longer than any busy machine takes, so that the limit only catches what hangs. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 60_000, interval: 20 });
