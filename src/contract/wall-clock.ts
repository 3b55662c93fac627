/** Epoch milliseconds, for times that other processes see. Measure durations by `performance.now()`: this clock is set. */
export const wallClock = (): number => Date.now();
