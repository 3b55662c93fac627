import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getOperationAST, parse } from 'graphql';
import { MalformedRequest, MethodNotAllowed } from '../../contract/built-in-failures.js';
import { setCallHeaders } from '../http/call-headers.js';
import { fastifyFailure } from '../http/fastify-failure.js';
import { httpInbound } from '../http/inbound.js';
import type { Executed, GraphqlResult } from './executor.js';
import { type GraphqlRequest, readQueryString, readRequest } from './graphql-request.js';
import { GraphqlScope } from './graphql-scope.js';
import type { GraphqlService } from './graphql-service.js';

const responseType = 'application/graphql-response+json';

/** A page of another site can not send these without the browser asking us first: a GET that has one is none of theirs. */
const preflightHeaders = [
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'mercurius-require-preflight',
  'x-mercurius-operation-name',
];

type Work = (scope: GraphqlScope) => Promise<Executed>;

/** GraphQL over HTTP: POST for everything, GET for queries. */
export class HttpRoutes {
  constructor(private readonly service: GraphqlService) {}

  register(fastify: FastifyInstance, url: string): void {
    const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      this.#refuse(fastifyFailure(error) ?? error, request, reply);
    const handler = (request: FastifyRequest, reply: FastifyReply) => this.#post(request, reply);
    const refuseMethod = (request: FastifyRequest, reply: FastifyReply) =>
      this.#refuse(notAllowed(reply, 'GET, POST'), request, reply);
    fastify.route({ method: 'POST', url, errorHandler, handler });
    fastify.route({ method: ['PUT', 'PATCH', 'DELETE'], url, errorHandler, handler: refuseMethod });
  }

  get(request: FastifyRequest, reply: FastifyReply): void {
    const { executor, limits } = this.service;
    this.#serve(request, reply, (scope) => {
      if (!preflightHeaders.some((name) => name in request.headers)) {
        throw new MalformedRequest({ detail: `A GET needs a header such as "${preflightHeaders[0]}: true"` });
      }
      const wanted = readQueryString(request.query, limits.characters);
      if (isNoQuery(wanted, limits.tokens)) throw notAllowed(reply, 'POST');
      return executor.execute(wanted, scope);
    });
  }

  #post(request: FastifyRequest, reply: FastifyReply): void {
    const { executor, limits } = this.service;
    const { body } = request;
    if (Array.isArray(body)) this.#batch(body, request, reply);
    else this.#serve(request, reply, (scope) => executor.execute(readRequest(body, limits.characters), scope));
  }

  #batch(bodies: readonly unknown[], request: FastifyRequest, reply: FastifyReply): void {
    const { executor, limits } = this.service;
    const first = this.#scope(request);
    if (bodies.length === 0 || bodies.length > limits.batch) {
      const failure = new MalformedRequest({ detail: `A batch has 1 to ${limits.batch} operations` });
      const { status, result } = executor.refuse(failure, first);
      send(request, reply, [first], status, result);
      return;
    }
    const scopes = bodies.map((_, index) => (index === 0 ? first : this.#scope(request, first)));
    const work = scopes.map((scope, index) =>
      this.#run(scope, () => executor.execute(readRequest(bodies[index], limits.characters), scope)),
    );
    void Promise.all(work).then((executed) => {
      const results = executed.map(({ result }) => result);
      send(request, reply, scopes, 200, results);
    });
  }

  #serve(request: FastifyRequest, reply: FastifyReply, work: Work): void {
    const scope = this.#scope(request);
    void this.#run(scope, work).then(({ status, result }) => send(request, reply, [scope], status, result));
  }

  async #run(scope: GraphqlScope, work: Work): Promise<Executed> {
    try {
      return await work(scope);
    } catch (error) {
      return this.service.executor.refuse(error, scope);
    }
  }

  #refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const scope = this.#scope(request);
    const { status, result } = this.service.executor.refuse(error, scope);
    send(request, reply, [scope], status, result);
  }

  #scope(request: FastifyRequest, first?: GraphqlScope): GraphqlScope {
    const { pipeline, openCalls } = this.service;
    return new GraphqlScope(pipeline, openCalls, request, first?.continued ?? httpInbound(request, 'graphql'));
  }
}

function notAllowed(reply: FastifyReply, allowed: string): MethodNotAllowed {
  reply.header('allow', allowed);
  return new MethodNotAllowed();
}

function isNoQuery({ query, operationName }: GraphqlRequest, maxTokens: number): boolean {
  try {
    const operation = getOperationAST(parse(query, { maxTokens }), operationName);
    return operation !== null && operation !== undefined && operation.operation !== 'query';
  } catch {
    // a syntax error is the executor's to tell
    return false;
  }
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  scopes: readonly GraphqlScope[],
  status: number,
  body: GraphqlResult | readonly GraphqlResult[],
): void {
  const [first] = scopes;
  if (first) setCallHeaders(reply, first.tightest);
  const retryAfter = Math.max(...scopes.map((scope) => scope.retryAfter ?? 0));
  if (retryAfter > 0) reply.header('retry-after', retryAfter);
  const type = request.headers.accept?.includes(responseType) ? responseType : 'application/json';
  reply.code(status).type(`${type}; charset=utf-8`).send(JSON.stringify(body));
}
