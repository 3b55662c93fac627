import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RepeatedTask } from '../platform/schedule/repeated-task.js';

const intervalMs = 2_000;
/** Share of the time in which the event loop has something to do. */
const quietUtilization = 0.05;
/** Bytes by which the heap may grow before it is worth the pause. */
const growth = 16 * 1024 * 1024;

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/**
 * Loading the program, and every burst of work, stretches the heap, which V8 gives back only in a full collection that is
 * told to save memory. Such a one in a quiet moment, after the start and after bursts: it stops the process for a tenth of
 * a second.
 */
export function returnMemory(isBusy: () => boolean): void {
  let kept = 0;
  let before = performance.eventLoopUtilization();
  const look = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > quietUtilization || isBusy() || heapBytes() < kept + growth) return;
    collect();
    kept = heapBytes();
  };
  new RepeatedTask(look, intervalMs).start();
}

const heapBytes = (): number => getHeapStatistics().total_heap_size;

function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as Collect)({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
