import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const quietMs = 2_000;

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/**
 * Loading the program stretches the young generation of the heap to 60 MB, which V8 gives back only in a full collection
 * that is told to save memory. Once, in a quiet moment: it stops the process for a tenth of a second.
 */
export function returnMemory(isBusy: () => boolean): void {
  setTimeout(() => {
    if (isBusy()) returnMemory(isBusy);
    else collect();
  }, quietMs).unref();
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as Collect)({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
