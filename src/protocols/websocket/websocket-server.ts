import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import websocket, { type WebsocketPluginOptions } from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { PermissionDenied } from '../../contract/built-in-failures.js';
import { identityOf } from '../http/inbound.js';
import { toProblem } from '../http/problem.js';
import { isOriginAllowed } from './origin.js';
import { chooseSubprotocol } from './subprotocols.js';

export interface WebSocketServerOptions {
  /** Largest message. */
  readonly payloadBytes: number;
  /** Web origins, beside the server's own. */
  readonly origins: readonly string[];
}

/** `closeTimeout`, in milliseconds for the peer to answer a close frame, is missing from @types/ws. */
type ServerOptions = NonNullable<WebsocketPluginOptions['options']> & { readonly closeTimeout: number };

export const serviceRestart = 1012;
const internalError = 1011;

const registered = new WeakSet<FastifyInstance>();

function serverOptions({ payloadBytes, origins }: WebSocketServerOptions): ServerOptions {
  const allowed = new Set(origins.map((origin) => origin.toLowerCase()));
  return {
    maxPayload: payloadBytes,
    perMessageDeflate: false,
    closeTimeout: 2_000,
    handleProtocols: chooseSubprotocol,
    verifyClient: ({ req }, accept) => {
      if (isOriginAllowed(req, allowed)) accept(true);
      // spelled as ws does, whose own would else stay beside it
      else accept(false, 403, ...foreignOrigin(req));
    },
  };
}

function foreignOrigin(request: IncomingMessage): [body: string, headers: OutgoingHttpHeaders] {
  const { requestId, trace } = identityOf(request);
  const failure = new PermissionDenied({ detail: 'This origin may not open a WebSocket here' });
  const headers = { 'Content-Type': 'application/problem+json', 'x-request-id': requestId };
  return [JSON.stringify(toProblem(failure, trace.traceId)), headers];
}

/**
 * The WebSocket server of the HTTP listener, with our limits. Registered before mercurius, which would bring its own.
 * Called again, it does nothing.
 */
export function registerWebSocketServer(fastify: FastifyInstance, options: WebSocketServerOptions): void {
  if (registered.has(fastify)) return;
  registered.add(fastify);
  fastify.register(websocket, {
    options: serverOptions(options),
    // ws closes a connection whose peer breaks the protocol by itself; this leaves handlers that threw
    errorHandler: (_error, socket) => socket.close(internalError),
    preClose: closeAll,
  });
}

function closeAll(this: FastifyInstance, done: () => void): void {
  const { websocketServer } = this;
  for (const client of websocketServer.clients) client.close(serviceRestart);
  websocketServer.close();
  done();
}
