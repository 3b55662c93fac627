import { whenOrphaned } from './parent-process.js';

type Stop = (cause: string) => void;

// nothing has been started yet
let stop: Stop = () => process.exit(0);
let stopping = false;

function begin(cause: string): void {
  if (stopping) return;
  stopping = true;
  stop(cause);
}

// the first process of a container ignores signals without a listener; SIGHUP: the terminal was closed
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, begin);
whenOrphaned(() => begin('The process that started this one is gone'));

/** Replaces what happens at a signal to stop, or when the parent process ends. */
export function onStop(handler: Stop): void {
  stop = handler;
}

export const isStopping = (): boolean => stopping;
