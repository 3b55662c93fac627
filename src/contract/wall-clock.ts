/**
 * Epoch milliseconds, for what is told to others or read from them. It jumps when somebody sets the clock: durations are
 * measured by `performance.now()`.
 */
export const wallClock = (): number => Date.now();
