import { once } from 'node:events';

/** Argument of a process that listens only after a message from its parent. */
export const inTurn = '--in-turn';

export const listenMessage = 'listen';

export const readyMessage = 'ready';

export const isStartedInTurn = (): boolean => process.argv.includes(inTurn);

export async function ownTurn(): Promise<void> {
  if (isStartedInTurn()) await once(process, 'message');
}

export function reportReady(): void {
  // the parent may have closed the channel
  process.send?.(readyMessage, undefined, undefined, () => undefined);
}

/** Calls `listener` when the parent process ends; never where there is no parent with a channel. */
export function whenOrphaned(listener: () => void): void {
  if (process.connected === false) listener();
  else process.once('disconnect', listener);
}
