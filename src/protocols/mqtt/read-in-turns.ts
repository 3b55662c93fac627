import type { Socket } from 'node:net';
import type { IncomingPackets } from './incoming-packets.js';

const packetsInOneTurn = 32;

/**
 * What one client sends is read a few packets at a time, once in a turn of the event loop, so that it does not hold up
 * the others, and is judged before Aedes sees it. Aedes takes no limit of its own, but it reads through this method
 * alone; and when it finds more to read while it works through what it has read, it mixes up both.
 */
export function readInTurns(socket: Socket, packets: IncomingPackets): void {
  const read = socket.read.bind(socket);
  let unread: Buffer | null = null;
  let hasRead = false;
  const nextTurn = (): void => {
    hasRead = false;
    if (!socket.destroyed) socket.emit('readable');
  };
  socket.read = (size?: number): unknown => {
    // the stream itself asks for 0 bytes when it wants to be filled
    if (size === 0) return read(0);
    if (hasRead) return null;
    const chunk: Buffer | null = unread ?? read();
    if (chunk === null) return null;
    const taken = packets.take(chunk, packetsInOneTurn);
    if (packets.fault !== undefined) {
      socket.destroy(new Error(packets.fault));
      return null;
    }
    unread = taken < chunk.length ? chunk.subarray(taken) : null;
    hasRead = unread !== null || socket.readableLength > 0;
    if (hasRead) setImmediate(nextTurn);
    return chunk.subarray(0, taken);
  };
}
