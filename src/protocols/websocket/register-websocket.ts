import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { answerError } from '../http/answer-error.js';
import { procedures } from '../json-rpc/procedures.js';
import { Connection, type ConnectionSettings } from './connection.js';
import { Heartbeat } from './heartbeat.js';
import type { Handshake } from './session.js';
import { jsonRpcSubprotocol, offeredBearer } from './subprotocols.js';
import { limitOf, registerWebSocketServer, type WebSocketServerOptions } from './websocket-server.js';

export interface WebSocketOptions extends WebSocketServerOptions, Partial<ConnectionSettings> {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  /** Milliseconds between two pings; a peer that answered nothing in between is dropped. */
  readonly heartbeatMs?: number;
}

const defaults = { maxBatch: 100, maxConcurrentCalls: 100, maxBufferedBytes: 4 * 1024 * 1024 };
const defaultHeartbeatMs = 30_000;
const unsupportedSubprotocol = 1002;

const noUpgrade = () => new MalformedRequest({ detail: 'This address takes WebSocket handshakes only' });

/** JSON-RPC 2.0 on `/ws`. What it returns ends the connections (1012) as soon as their calls are answered. */
export function registerWebSocket(
  fastify: FastifyInstance,
  { pipeline, operations, heartbeatMs = defaultHeartbeatMs, ...options }: WebSocketOptions,
): () => Promise<void> {
  const service = { pipeline, methods: procedures(operations, ({ websocket }) => websocket) };
  const settings = { ...defaults, ...options };
  const heartbeat = new Heartbeat(heartbeatMs);

  function connect(socket: WebSocket, request: FastifyRequest): void {
    if (socket.protocol !== '' && socket.protocol !== jsonRpcSubprotocol) {
      socket.close(unsupportedSubprotocol);
      return;
    }
    const connection = new Connection(
      socket,
      { handshake: handshake(request), wire: request.socket, limit: limitOf(socket) },
      service,
      settings,
    );
    heartbeat.add(connection);
    socket.once('close', () => heartbeat.delete(connection));
  }

  // added before the plugin's own hook, which closes what is left
  fastify.addHook('preClose', () => heartbeat.drain());
  registerWebSocketServer(fastify, options);
  fastify.register(async (scope) => {
    const handler = (request: FastifyRequest, reply: FastifyReply) =>
      answerError(pipeline, noUpgrade(), request, reply);
    scope.route({ method: 'GET', url: '/ws', handler, wsHandler: connect });
  });
  return () => heartbeat.drain();
}

function handshake({ callerAddress, headers }: FastifyRequest): Handshake {
  const { authorization, traceparent } = headers;
  return {
    address: callerAddress,
    authorization: authorization ?? offeredBearer(headers['sec-websocket-protocol']),
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
  };
}
