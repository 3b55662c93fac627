import { whenOrphaned } from './parent-process.js';

type Stop = (cause: string) => void;

let stop: Stop = () => process.exit(0);
let stopping = false;

function begin(cause: string): void {
  if (stopping) return;
  stopping = true;
  stop(cause);
}

// PID 1 of a container ignores signals without a listener; SIGHUP: the terminal was closed
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, begin);
whenOrphaned(() => begin('The process that started this one is gone'));

/** Replaces the handler of stop signals and of the end of the parent process. */
export function onStop(handler: Stop): void {
  stop = handler;
}

export const isStopping = (): boolean => stopping;
