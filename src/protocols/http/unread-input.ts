import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Bytes and milliseconds after which a sending client is disconnected. */
const maxBytes = 16 * 1024 * 1024;
const maxMs = 5_000;

function countdown(socket: Socket): (chunk: Buffer) => void {
  let left = maxBytes;
  return ({ length }) => {
    left -= length;
    if (left < 0) socket.destroy();
  };
}

const destroyLater = (socket: Socket) => {
  const timer = setTimeout(() => socket.destroy(), maxMs).unref();
  return () => clearTimeout(timer);
};

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** To run before Node's `finish` listener, whose close would reset unread input and lose the answer (RFC 9112, 9.6). */
export function discardRest(this: ServerResponse<IncomingMessage>): void {
  const { req: request } = this;
  const { socket } = request;
  if (request.complete || socket.destroyed) return;
  const { destroySoon } = socket;
  let isLast = false;
  socket.destroySoon = () => {
    isLast = true;
    socket.end();
  };
  const cancel = destroyLater(socket);
  request.on('data', countdown(socket));
  request.once('close', () => {
    cancel();
    socket.destroySoon = destroySoon;
    if (isLast) socket.destroy();
  });
}

/** For connections that can no longer be parsed. */
export function ignoreInput(socket: Socket): void {
  socket.removeAllListeners('data');
  socket.on('data', countdown(socket));
  socket.resume();
}

export function closeInStages(socket: Socket, text = ''): void {
  if (socket.writable) socket.end(text);
  socket.once('close', destroyLater(socket));
}
