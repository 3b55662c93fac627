import type { WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import { type ExecutionArgs, type FormattedExecutionResult, GraphQLError, getOperationAST, parse } from 'graphql';
import { CloseCode, type Context, makeServer, type SubscribePayload, type WebSocket as Transport } from 'graphql-ws';
import { InvalidArgument, RateLimited } from '../../contract/built-in-failures.js';
import type { JsonObject } from '../../contract/json-codec.js';
import { withoutByteOrderMark } from '../../contract/parse-json.js';
import type { Inbound } from '../../pipeline/call-context.js';
import { httpInbound } from '../http/inbound.js';
import { keyIssues, textField, withFields } from '../request-values.js';
import type { Peer } from '../websocket/peer.js';
import { peerOf } from '../websocket/websocket-server.js';
import type { GraphqlEngine } from './graphql-engine.js';
import { type GraphqlRequest, readGraphqlRequest } from './graphql-request.js';
import type { GraphqlScope } from './graphql-scope.js';
import { Refused, refusedErrors, singleResult } from './single-result.js';

interface Extra {
  readonly request: FastifyRequest;
  readonly peer: Peer;
}

interface Prepared extends ExecutionArgs {
  readonly contextValue: GraphqlScope;
  readonly wanted: GraphqlRequest;
}

export class SocketRoute {
  readonly #server = makeServer<JsonObject, Extra>({
    onSubscribe: (connection, _id, payload) => this.#prepare(connection, payload),
    execute: (prepared) => this.#execute(prepared as Prepared),
    subscribe: (prepared) => this.#execute(prepared as Prepared),
    onNext: (_connection, _id, _payload, _prepared, result) => result as FormattedExecutionResult,
    onError: (_connection, _id, _payload, errors) => refusedErrors(errors),
  });

  constructor(private readonly engine: GraphqlEngine) {}

  readonly connect = (socket: WebSocket, request: FastifyRequest): void => {
    const peer = peerOf(socket);
    const closed = this.#server.opened(transport(socket, peer), { request, peer });
    socket.once('close', (code, reason) => void closed(code, String(reason)));
  };

  #prepare(connection: Context<JsonObject, Extra>, payload: SubscribePayload): Prepared | GraphQLError[] {
    const { engine } = this;
    const scope = engine.begin(connection.extra.request, inbound(connection, payload));
    try {
      return this.#read(connection, payload, scope);
    } catch (error) {
      const { errors = [] } = engine.refuse(error, scope).result;
      return [new GraphQLError('', { originalError: new Refused(errors) })];
    }
  }

  #read(
    { subscriptions, extra }: Context<JsonObject, Extra>,
    payload: SubscribePayload,
    contextValue: GraphqlScope,
  ): Prepared {
    const { limits, schema } = this.engine;
    const { refusal } = extra.peer;
    if (refusal) throw refusal;
    if (Object.keys(subscriptions).length > limits.operationsPerSocket) {
      const detail = `At most ${limits.operationsPerSocket} operations run at once on one connection`;
      throw new RateLimited({ detail, retryAfterSeconds: 1 });
    }
    const issues = keyIssues(payload.extensions ?? {}, '/extensions');
    if (issues.length > 0) throw new InvalidArgument({ issues });
    const wanted = readGraphqlRequest(payload, limits.characters);
    const document = parse(wanted.query, { maxTokens: limits.tokens });
    if (!getOperationAST(document, wanted.operationName)) {
      throw new InvalidArgument({ detail: 'The query has no such operation, or several and none was named' });
    }
    return { schema, document, operationName: wanted.operationName, contextValue, wanted };
  }

  #execute({ contextValue: scope, wanted }: Prepared) {
    return singleResult(this.engine.execute(wanted, scope), () => scope.cancel());
  }
}

/** Upgrade headers apply to all operations, `extensions` to one. */
function inbound({ extra, connectionParams }: Context<JsonObject, Extra>, { extensions }: SubscribePayload): Inbound {
  const upgrade = httpInbound(extra.request, 'graphql');
  const authorization = textField(connectionParams?.authorization) ?? upgrade.authorization;
  return { ...withFields(upgrade, extensions ?? {}), authorization };
}

/** The adapter of graphql-ws would change the subprotocols of the whole server. */
const transport = (socket: WebSocket, peer: Peer): Transport => ({
  protocol: socket.protocol,
  send: (data) => new Promise((resolve) => peer.send(data, resolve)),
  close: (code, reason) => socket.close(code, reason),
  onMessage: (take) =>
    socket.on('message', (data, isBinary) => {
      peer.admit();
      if (!peer.isOpen) return;
      if (isBinary) socket.close(CloseCode.BadRequest, 'Only text frames are taken');
      else take(withoutByteOrderMark(String(data))).catch(() => fail(socket));
    }),
});

const fail = (socket: WebSocket): void => socket.close(CloseCode.InternalServerError, 'Internal server error');
