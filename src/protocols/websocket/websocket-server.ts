import type { IncomingMessage } from 'node:http';
import websocket, { type WebSocket, type WebsocketPluginOptions } from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import { MalformedRequest, PermissionDenied } from '../../contract/built-in-failures.js';
import { CallerAddresses } from '../caller-address.js';
import { PlainAnswer, type Refusal } from '../http/plain-answer.js';
import { closeInStages, ignoreInput } from '../http/unread-input.js';
import type { PeerLimits } from '../message-rate.js';
import { isAllowedOrigin } from './origin.js';
import { Peer } from './peer.js';
import { chooseSubprotocol } from './subprotocols.js';

export interface WebSocketServerOptions extends PeerLimits {
  readonly payloadBytes: number;
  readonly origins: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly heartbeatMs?: number;
}

/** Milliseconds for the peer's close frame; missing from @types/ws. */
type ServerOptions = NonNullable<WebsocketPluginOptions['options']> & { readonly closeTimeout: number };

export const serviceRestart = 1012;
const internalError = 1011;
const defaultHeartbeatMs = 30_000;

const registered = new WeakSet<FastifyInstance>();
const peers = new WeakMap<WebSocket, Peer>();

function serverOptions({ payloadBytes, origins, trustedProxies }: WebSocketServerOptions): ServerOptions {
  const allowed = { origins: new Set(origins), addresses: new CallerAddresses(trustedProxies) };
  return {
    maxPayload: payloadBytes,
    // each fragment takes 100 bytes of memory and microseconds, even an empty one
    maxFragments: 1_024,
    perMessageDeflate: false,
    closeTimeout: 2_000,
    handleProtocols: chooseSubprotocol,
    verifyClient: ({ req }, accept) => {
      if (isAllowedOrigin(req, allowed)) accept(true);
      else refuse(req, { failure: new PermissionDenied({ detail: 'This origin may not open a WebSocket here' }) });
    },
  };
}

/** Instead of ws, which would answer in its own form. */
function refuse(request: IncomingMessage, refusal: Refusal): void {
  ignoreInput(request.socket);
  closeInStages(request.socket, `${new PlainAnswer(refusal, request)}`);
}

/** Once per HTTP server. Before mercurius, which would register one without limits. */
export function registerWebSocketServer(fastify: FastifyInstance, options: WebSocketServerOptions): void {
  if (registered.has(fastify)) return;
  registered.add(fastify);
  fastify.register(websocket, {
    options: serverOptions(options),
    // for handlers that threw; ws closes on protocol violations itself
    errorHandler: (_error, socket) => socket.close(internalError),
    preClose: closeAll,
  });
  fastify.after(() => {
    const { websocketServer } = fastify;
    websocketServer.on('wsClientError', ({ message }, _socket, request) => {
      const failure = new MalformedRequest({ detail: message });
      refuse(request, { failure, headers: { 'sec-websocket-version': '13' } });
    });
    websocketServer.on('connection', (socket, { socket: wire }) => {
      peers.set(socket, new Peer(socket, wire, options));
    });
    const heartbeat = setInterval(() => {
      for (const socket of websocketServer.clients) peerOf(socket).beat();
    }, options.heartbeatMs ?? defaultHeartbeatMs).unref();
    websocketServer.once('close', () => clearInterval(heartbeat));
  });
}

export function peerOf(socket: WebSocket): Peer {
  const peer = peers.get(socket);
  if (!peer) throw new Error('this is no connection of the registered WebSocket server');
  return peer;
}

function closeAll(this: FastifyInstance, done: () => void): void {
  const { websocketServer } = this;
  for (const client of websocketServer.clients) client.close(serviceRestart);
  websocketServer.close();
  done();
}
