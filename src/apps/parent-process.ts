import { once } from 'node:events';

/** Argument of a process that waits for a message of its parent before it listens. */
export const inTurn = '--in-turn';

export const listenMessage = 'listen';

/** Sent to the parent, if there is one, when the process listens. */
export const readyMessage = 'ready';

export const isStartedInTurn = (): boolean => process.argv.includes(inTurn);

export async function ownTurn(): Promise<void> {
  if (isStartedInTurn()) await once(process, 'message');
}

export function tellReady(): void {
  // the parent may have closed the channel
  process.send?.(readyMessage, undefined, undefined, () => undefined);
}

/** Calls `listener` when the parent process has ended; never without a channel to it. */
export function whenOrphaned(listener: () => void): void {
  if (process.connected === false) listener();
  else process.once('disconnect', listener);
}
