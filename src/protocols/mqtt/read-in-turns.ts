import type { Socket } from 'node:net';
import type { IncomingPackets } from './incoming-packets.js';

const packetsInOneTurn = 32;

/**
 * Replaces `socket.read`, the only way in which Aedes reads: a few packets in each turn of the event loop, checked before
 * Aedes sees them. Aedes mixes up two chunks when it can read the second one before it is done with the first.
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
    // the stream itself reads 0 bytes to be filled
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
