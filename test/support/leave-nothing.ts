import { afterAll, beforeEach, vi } from 'vitest';
import { endProcesses, runningProcesses } from './child-processes.js';

/** A test that fails does not reach its own lines that end what it has started. */
beforeEach(({ task }) => {
  const before = runningProcesses();
  return async () => {
    if (task.result?.state === 'fail') await endProcesses(runningProcesses().difference(before));
  };
});

/** Other files run in this process later. */
afterAll(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await endProcesses(runningProcesses());
});
