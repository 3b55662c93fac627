import type { Socket } from 'node:net';
import type { IncomingPackets } from './incoming-packets.js';

const packetsInOneTurn = 32;

type Read = () => Buffer | null;

/** Replaces `socket.read`: a few checked packets per turn, one chunk at a time, since Aedes mixes up two. */
export function readInTurns(socket: Socket, packets: IncomingPackets, isClosing: () => boolean): void {
  const read = socket.read.bind(socket);
  const readTurn = turns(socket, read, packets);
  socket.read = (size?: number): unknown => {
    // 0 bytes: a request to fill the buffer
    if (size === 0) return read(0);
    // unread bytes would reset the connection before its replies
    return isClosing() ? discard(read) : readTurn();
  };
}

function turns(socket: Socket, read: Read, packets: IncomingPackets): Read {
  let unread: Buffer | null = null;
  let hasRead = false;
  const nextTurn = (): void => {
    hasRead = false;
    if (!socket.destroyed) socket.emit('readable');
  };
  return () => {
    if (hasRead) return null;
    const chunk = unread ?? read();
    if (chunk === null) return null;
    const taken = packets.take(chunk, packetsInOneTurn);
    if (packets.protocolError !== undefined) {
      socket.destroy(new Error(packets.protocolError));
      return null;
    }
    unread = taken < chunk.length ? chunk.subarray(taken) : null;
    hasRead = unread !== null || socket.readableLength > 0;
    if (hasRead) setImmediate(nextTurn);
    return chunk.subarray(0, taken);
  };
}

function discard(read: Read): null {
  while (read() !== null);
  return null;
}
