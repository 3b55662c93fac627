import type { WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import { type ExecutionArgs, type FormattedExecutionResult, GraphQLError, getOperationAST, parse } from 'graphql';
import { type Context, makeServer, type SubscribePayload } from 'graphql-ws';
import { InvalidArgument, RateLimited } from '../../contract/built-in-failures.js';
import type { Inbound } from '../../pipeline/call-context.js';
import { httpInbound } from '../http/inbound.js';
import { callFields, keyFaults, textField } from '../json-rpc/call-fields.js';
import type { PeerLimit } from '../websocket/peer-limit.js';
import { limitOf } from '../websocket/websocket-server.js';
import { type GraphqlRequest, readGraphqlRequest } from './graphql-request.js';
import { GraphqlScope } from './graphql-scope.js';
import type { GraphqlService } from './graphql-service.js';
import { openSocket } from './open-socket.js';
import { Refused, refusedErrors, SingleResult } from './single-result.js';

type InitPayload = Record<string, unknown>;

interface Peer {
  readonly request: FastifyRequest;
  readonly limit: PeerLimit;
}

/** One operation, between the hooks of graphql-ws. */
interface Prepared extends ExecutionArgs {
  readonly contextValue: GraphqlScope;
  readonly wanted: GraphqlRequest;
}

/** Queries and mutations as `graphql-transport-ws`. */
export class SocketRoute {
  readonly #server = makeServer<InitPayload, Peer>({
    onSubscribe: (connection, _id, payload) => this.#prepare(connection, payload),
    execute: (prepared) => this.#execute(prepared as Prepared),
    subscribe: (prepared) => this.#execute(prepared as Prepared),
    onNext: (_connection, _id, _payload, _prepared, result) => result as FormattedExecutionResult,
    onError: (_connection, _id, _payload, errors) => refusedErrors(errors),
  });

  constructor(private readonly service: GraphqlService) {}

  readonly connect = (socket: WebSocket, request: FastifyRequest): void => {
    const limit = limitOf(socket);
    openSocket(socket, limit, (transport) => this.#server.opened(transport, { request, limit }));
  };

  #prepare(connection: Context<InitPayload, Peer>, payload: SubscribePayload): Prepared | GraphQLError[] {
    const { pipeline, engine } = this.service;
    const scope = new GraphqlScope(pipeline, connection.extra.request, inbound(connection, payload));
    try {
      return this.#read(connection, payload, scope);
    } catch (error) {
      const { errors = [] } = engine.refuse(error, scope).result;
      return [new GraphQLError('', { originalError: new Refused(errors) })];
    }
  }

  #read(
    { subscriptions, extra }: Context<InitPayload, Peer>,
    payload: SubscribePayload,
    contextValue: GraphqlScope,
  ): Prepared {
    const { limits, schema } = this.service;
    if (extra.limit.refusal) throw extra.limit.refusal;
    if (Object.keys(subscriptions).length > limits.operationsPerSocket) {
      const detail = `At most ${limits.operationsPerSocket} operations run at once on one connection`;
      throw new RateLimited({ detail, retryAfterSeconds: 1 });
    }
    const issues = keyFaults(payload.extensions ?? {}, '/extensions');
    if (issues.length > 0) throw new InvalidArgument({ issues });
    const wanted = readGraphqlRequest(payload, limits.characters);
    const document = parse(wanted.query, { maxTokens: limits.tokens });
    if (!getOperationAST(document, wanted.operationName)) {
      throw new InvalidArgument({ detail: 'The query has no such operation, or several and none was named' });
    }
    return { schema, document, operationName: wanted.operationName, contextValue, wanted };
  }

  #execute({ contextValue: scope, wanted }: Prepared) {
    return new SingleResult(this.service.engine.execute(wanted, scope), () => scope.cancel());
  }
}

/** Headers of the upgrade stand for all operations, `extensions` for one. */
function inbound({ extra, connectionParams }: Context<InitPayload, Peer>, { extensions }: SubscribePayload): Inbound {
  const { protocol, address, authorization, traceparent, connection } = httpInbound(extra.request, 'graphql');
  const fields = callFields(extensions ?? {});
  return {
    protocol,
    address,
    connection,
    ...fields,
    authorization: textField(connectionParams?.authorization) ?? authorization,
    traceparent: fields.traceparent ?? traceparent,
  };
}
