import type { Socket } from 'node:net';
import type { IncomingPackets } from './incoming-packets.js';

const turnBytes = 8 * 1024;

/**
 * What one client sends is read in pieces, one in a turn of the event loop, so that it does not hold up the others, and
 * is judged before Aedes sees it. Aedes takes no limit of its own, but it reads through this method alone; and when it
 * finds more to read while it works through a piece, it loses its place in both.
 */
export function readInTurns(socket: Socket, packets: IncomingPackets): void {
  const read = socket.read.bind(socket);
  let hasRead = false;
  const nextTurn = (): void => {
    hasRead = false;
    if (!socket.destroyed) socket.emit('readable');
  };
  socket.read = (size?: number): unknown => {
    // the stream itself asks for 0 bytes when it wants to be filled
    if (size === 0) return read(0);
    if (hasRead) return null;
    const chunk: unknown = read(Math.min(socket.readableLength, turnBytes) || undefined);
    if (!Buffer.isBuffer(chunk)) return chunk;
    const fault = packets.fault(chunk);
    if (fault) {
      socket.destroy(new Error(fault));
      return null;
    }
    hasRead = socket.readableLength > 0;
    if (hasRead) setImmediate(nextTurn);
    return chunk;
  };
}
