import { once } from 'node:events';

/** Argument of a process that listens when the one that started it says so, over the IPC channel between them. */
export const inTurn = '--in-turn';

/** What the parent says to it. */
export const listenMessage = 'listen';

/** What any process says to a parent that may hear it, when it listens. */
export const readyMessage = 'ready';

export const isStartedInTurn = (): boolean => process.argv.includes(inTurn);

/** Resolves when this process may listen. */
export async function ownTurn(): Promise<void> {
  if (isStartedInTurn()) await once(process, 'message');
}

export function tellReady(): void {
  // who has closed the channel does not want to know
  process.send?.(readyMessage, undefined, undefined, () => undefined);
}

/** Calls `listener` when the parent is gone, however it went; never where there is no channel to it. */
export function whenOrphaned(listener: () => void): void {
  if (process.connected === false) listener();
  else process.once('disconnect', listener);
}
