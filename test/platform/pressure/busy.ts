/** Keeps the event loop busy in pieces of so many milliseconds, until `isEnough`. */
export async function busy(pieceMs: number, isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    block(pieceMs);
    await new Promise(setImmediate);
  }
}

/** Nothing else happens in this process for so many milliseconds. */
export function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
