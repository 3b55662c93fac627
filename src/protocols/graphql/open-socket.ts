import type { WebSocket } from '@fastify/websocket';
import { CloseCode, type WebSocket as Transport } from 'graphql-ws';
import { withoutByteOrderMark } from '../../contract/parse-json.js';
import type { PeerLimit } from '../websocket/peer-limit.js';

const heartbeatMs = 30_000;
const maxBufferedBytes = 4 * 1024 * 1024;

/** `open` tells what to call when the socket has closed. */
type Open = (transport: Transport) => (code: number, reason: string) => Promise<void>;

/** A socket as graphql-ws wants it. Its own adapter would change the subprotocols of the whole server. */
export function openSocket(socket: WebSocket, limit: PeerLimit, open: Open): void {
  const stopHeartbeat = keepAlive(socket);
  const closed = open({
    protocol: socket.protocol,
    send: (data) => send(socket, limit, data),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (take) =>
      socket.on('message', (data, isBinary) => {
        limit.admit();
        if (socket.readyState !== socket.OPEN) return;
        if (isBinary) socket.close(CloseCode.BadRequest, 'Only text frames are taken');
        else take(withoutByteOrderMark(String(data))).catch(() => fail(socket));
      }),
  });
  socket.once('close', (code, reason) => {
    stopHeartbeat();
    void closed(code, String(reason));
  });
}

const fail = (socket: WebSocket): void => socket.close(CloseCode.InternalServerError, 'Internal server error');

function send(socket: WebSocket, limit: PeerLimit, data: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  limit.checkUnread(maxBufferedBytes);
  return new Promise((resolve) => {
    // a peer that is gone needs no answer
    socket.send(data, () => resolve());
  });
}

/** Drops a peer that did not answer a ping until the next one. */
function keepAlive(socket: WebSocket): () => void {
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) socket.terminate();
    alive = false;
    socket.ping();
  }, heartbeatMs).unref();
  return () => clearInterval(timer);
}
