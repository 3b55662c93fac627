import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const running = new Set<ChildProcess>();

/** Those that this process has started and that have not ended. */
export const runningProcesses = (): ReadonlySet<ChildProcess> => new Set(running);

// with SIGKILL the product would leave its embedded PostgreSQL behind
function stopAll(): void {
  for (const child of running) child.kill('SIGTERM');
}

process.once('exit', stopAll);
// a process that ends by a signal has no exit event; without this listener the second signal ends it
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopAll();
    process.kill(process.pid, signal);
  });
}

/** Gives `child` back. It ends with this process, with its test file, and with the test that started it when that fails. */
export function supervised<T extends ChildProcess>(child: T): T {
  running.add(child);
  const forget = () => running.delete(child);
  child.once('exit', forget).once('error', forget);
  return child;
}

const graceMs = 15_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended.finally(() => clearTimeout(late));
}

export async function endProcesses(children: Iterable<ChildProcess>): Promise<void> {
  await Promise.all(Array.from(children, end));
}
