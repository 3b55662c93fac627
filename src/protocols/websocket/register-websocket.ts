import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { Inbound } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { answerError } from '../http/answer-error.js';
import { httpInbound } from '../http/inbound.js';
import { Procedures } from '../json-rpc/procedures.js';
import { withFields } from '../request-values.js';
import { Connection } from './connection.js';
import { Session } from './session.js';
import { jsonRpcSubprotocol, offeredBearer } from './subprotocols.js';
import { peerOf, registerWebSocketServer, type WebSocketServerOptions } from './websocket-server.js';

export interface WebSocketOptions extends WebSocketServerOptions {
  readonly pipeline: Pipeline;
  readonly operations: readonly OperationDescriptor[];
  /** Per connection; more requests wait unread. */
  readonly maxConcurrentCalls?: number;
}

const unsupportedSubprotocol = 1002;

/** JSON-RPC 2.0 on `/ws`. The result closes connections (1012) as soon as their calls are answered. */
export function registerWebSocket(
  fastify: FastifyInstance,
  { pipeline, operations, maxConcurrentCalls = 100, ...options }: WebSocketOptions,
): () => Promise<void> {
  const procedures = new Procedures(pipeline, operations, ({ websocket }) => websocket);
  const connections = new Set<Connection>();

  function connect(socket: WebSocket, request: FastifyRequest): void {
    if (socket.protocol !== '' && socket.protocol !== jsonRpcSubprotocol) {
      socket.close(unsupportedSubprotocol);
      return;
    }
    const session = new Session(handshakeOf(request), procedures);
    const connection = new Connection(socket, peerOf(socket), session, maxConcurrentCalls);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  }

  async function drain(): Promise<void> {
    await Promise.all([...connections].map((connection) => connection.drain()));
  }

  // before the hook of the plugin, which closes connections immediately
  fastify.addHook('preClose', drain);
  registerWebSocketServer(fastify, options);
  fastify.register(async (scope) => {
    const handler = (request: FastifyRequest, reply: FastifyReply) => {
      const failure = new MalformedRequest({ detail: 'This address takes WebSocket handshakes only' });
      answerError(pipeline, failure, request, reply);
    };
    scope.route({ method: 'GET', url: '/ws', handler, wsHandler: connect });
  });
  return drain;
}

function handshakeOf(request: FastifyRequest): Inbound {
  const handshake = withFields(httpInbound(request, 'websocket'), {});
  const { authorization = offeredBearer(request.headers['sec-websocket-protocol']) } = handshake;
  return { ...handshake, authorization };
}
