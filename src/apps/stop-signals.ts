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

// the first process of a container ignores a signal that it has no listener for; SIGHUP: the terminal was closed
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, begin);
whenOrphaned(() => begin('The process that started this one is gone'));

/** What ends this process from now on when a signal asks for it, or the end of the parent does. */
export function onStop(handler: Stop): void {
  stop = handler;
}

export const isStopping = (): boolean => stopping;
