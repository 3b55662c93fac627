/** Epoch milliseconds, for times that other processes see. It can be set: measure durations by `performance.now()`. */
export const wallClock = (): number => Date.now();
