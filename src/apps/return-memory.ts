import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { measureEventLoopUtilization } from '../platform/pressure/event-loop-utilization.js';
import { RepeatedTask } from '../platform/schedule/repeated-task.js';

const intervalMs = 2_000;
const quietUtilization = 0.05;
/** Bytes of heap growth that are worth the pause of a full collection. */
const growth = 16 * 1024 * 1024;

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/** V8 returns memory only in a full collection, which stops the process for 0.1 s: run one when it is quiet. */
export function returnMemory(isBusy: () => boolean): void {
  let kept = 0;
  const utilization = measureEventLoopUtilization();
  const look = () => {
    if (utilization() > quietUtilization || isBusy() || heapBytes() < kept + growth) return;
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
