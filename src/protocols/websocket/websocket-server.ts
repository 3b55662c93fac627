import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import websocket, { type WebSocket, type WebsocketPluginOptions } from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { MalformedRequest, PermissionDenied } from '../../contract/built-in-failures.js';
import { CallerAddresses } from '../caller-address.js';
import { identityOf } from '../http/inbound.js';
import { PlainAnswer } from '../http/plain-answer.js';
import { toProblem } from '../http/problem.js';
import { closeInStages, ignoreInput } from '../http/unread-input.js';
import type { Rate } from '../message-rate.js';
import { Origins } from './origin.js';
import { PeerLimit } from './peer-limit.js';
import { chooseSubprotocol } from './subprotocols.js';

export interface WebSocketServerOptions {
  /** Largest message. */
  readonly payloadBytes: number;
  /** Web origins, beside the server's own. */
  readonly origins: readonly string[];
  /** Addresses or networks whose `X-Forwarded-Host` is believed. */
  readonly trustedProxies?: readonly string[];
  /** Of messages on one connection, the requests of a batch counted each; asked when it opens. No limit when absent. */
  readonly messageRate?: (() => Rate | undefined) | undefined;
}

/** `closeTimeout`, in milliseconds for the peer to answer a close frame, is missing from @types/ws. */
type ServerOptions = NonNullable<WebsocketPluginOptions['options']> & { readonly closeTimeout: number };

export const serviceRestart = 1012;
const internalError = 1011;

const registered = new WeakSet<FastifyInstance>();
const limits = new WeakMap<WebSocket, PeerLimit>();

function serverOptions({ payloadBytes, origins, trustedProxies }: WebSocketServerOptions): ServerOptions {
  const pages = new Origins(origins, new CallerAddresses(trustedProxies));
  return {
    maxPayload: payloadBytes,
    perMessageDeflate: false,
    closeTimeout: 2_000,
    handleProtocols: chooseSubprotocol,
    verifyClient: ({ req }, accept) => {
      if (pages.allow(req)) accept(true);
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

/** A handshake that ws does not accept; `message` is what it says of it. */
function refuseHandshake({ message }: Error, socket: Socket, request: IncomingMessage): void {
  const failure = new MalformedRequest({ detail: message });
  const answer = new PlainAnswer({ failure, headers: { 'sec-websocket-version': '13' } }, request);
  ignoreInput(socket);
  closeInStages(socket, `${answer}`);
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
  fastify.after(() => {
    fastify.websocketServer.on('wsClientError', refuseHandshake);
    fastify.websocketServer.on('connection', (socket, { socket: wire }) => {
      limits.set(socket, new PeerLimit(socket, wire, options.messageRate?.()));
    });
  });
}

/** Of a connection of this server. */
export function limitOf(socket: WebSocket): PeerLimit {
  const limit = limits.get(socket);
  if (!limit) throw new Error('this is no connection of the registered WebSocket server');
  return limit;
}

function closeAll(this: FastifyInstance, done: () => void): void {
  const { websocketServer } = this;
  for (const client of websocketServer.clients) client.close(serviceRestart);
  websocketServer.close();
  done();
}
