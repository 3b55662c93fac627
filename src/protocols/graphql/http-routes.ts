import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getOperationAST, parse } from 'graphql';
import { InvalidArgument, MalformedRequest, MethodNotAllowed } from '../../contract/built-in-failures.js';
import { fastifyFailure } from '../http/answer-error.js';
import { setCallHeaders } from '../http/call-headers.js';
import { checkQueryString, httpInbound, keyHeaderIssues } from '../http/inbound.js';
import type { Executed, GraphqlEngine, GraphqlResult } from './graphql-engine.js';
import type { GraphqlLimits } from './graphql-limits.js';
import { type GraphqlRequest, readGraphqlRequest, readQueryString } from './graphql-request.js';
import type { GraphqlScope } from './graphql-scope.js';

const responseType = 'application/graphql-response+json';
const jsonUtf8 = 'application/json; charset=utf-8';
const responseUtf8 = `${responseType}; charset=utf-8`;

/** For requests from other origins, browsers send these only after a preflight. */
const preflightHeaders = [
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'mercurius-require-preflight',
  'x-mercurius-operation-name',
];

export class HttpRoutes {
  constructor(private readonly engine: GraphqlEngine) {}

  register(fastify: FastifyInstance, url: string): void {
    const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      this.#refuse(fastifyFailure(error) ?? error, request, reply);
    const refuseMethod = (request: FastifyRequest, reply: FastifyReply) =>
      this.#refuse(notAllowed(reply, 'GET, POST'), request, reply);
    fastify.route({ method: 'POST', url, errorHandler, handler: this.#post });
    fastify.route({ method: ['PUT', 'PATCH', 'DELETE', 'OPTIONS'], url, errorHandler, handler: refuseMethod });
  }

  readonly get = (request: FastifyRequest, reply: FastifyReply): void =>
    this.#serve(request, reply, ({ characters, tokens }) => {
      if (!needsPreflight(request)) {
        throw new MalformedRequest({ detail: `A GET needs a header such as "${preflightHeaders[0]}: true"` });
      }
      checkQueryString(request);
      const wanted = readQueryString(request.query, characters);
      if (isNoQuery(wanted, tokens)) throw notAllowed(reply, 'POST');
      return wanted;
    });

  readonly #post = (request: FastifyRequest, reply: FastifyReply): void => {
    const { body } = request;
    if (Array.isArray(body)) this.#batch(body, request, reply);
    else this.#serve(request, reply, ({ characters }) => readGraphqlRequest(body, characters));
  };

  #serve(request: FastifyRequest, reply: FastifyReply, read: Read): void {
    const scope = this.#scope(request);
    const done = ({ status, result }: Executed) => send(request, reply, scope, { status, body: result });
    void Promise.resolve(this.#execute(scope, read)).then(done);
  }

  /** The request succeeds as a whole: each operation has its own result. */
  #batch(bodies: readonly unknown[], request: FastifyRequest, reply: FastifyReply): void {
    const { batch, characters } = this.engine.limits;
    if (bodies.length === 0 || bodies.length > batch) {
      this.#refuse(new MalformedRequest({ detail: `A batch has 1 to ${batch} operations` }), request, reply);
      return;
    }
    const first = this.#scope(request);
    const work = bodies.map((body, index) =>
      this.#execute(index === 0 ? first : this.#scope(request, first), () => readGraphqlRequest(body, characters)),
    );
    void Promise.all(work).then((executed) => {
      const results = executed.map(({ result }) => result);
      send(request, reply, first, { status: 200, body: results });
    });
  }

  #execute(scope: GraphqlScope, read: Read): Executed | Promise<Executed> {
    const { engine } = this;
    try {
      const wanted = read(engine.limits);
      const issues = keyHeaderIssues(scope.req);
      if (issues.length > 0) throw new InvalidArgument({ issues });
      return engine.execute(wanted, scope);
    } catch (error) {
      return engine.refuse(error, scope);
    }
  }

  #refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    this.#serve(request, reply, () => {
      throw error;
    });
  }

  #scope(request: FastifyRequest, first?: GraphqlScope): GraphqlScope {
    return this.engine.begin(request, first?.continued ?? httpInbound(request, 'graphql'));
  }
}

interface Answer {
  readonly status: number;
  readonly body: GraphqlResult | readonly GraphqlResult[];
}

const needsPreflight = ({ headers }: FastifyRequest): boolean =>
  /^bearer /i.test(headers.authorization ?? '') ||
  /^application\/(graphql-response\+)?json *(;|$)/i.test(headers['content-type'] ?? '') ||
  preflightHeaders.some((name) => name in headers);

type Read = (limits: GraphqlLimits) => GraphqlRequest;

function notAllowed(reply: FastifyReply, allowed: string): MethodNotAllowed {
  reply.header('allow', allowed);
  return new MethodNotAllowed();
}

/** False for syntax errors and unknown operations, which the engine reports. */
function isNoQuery({ query, operationName }: GraphqlRequest, maxTokens: number): boolean {
  try {
    const operation = getOperationAST(parse(query, { maxTokens }), operationName);
    return operation?.operation !== undefined && operation.operation !== 'query';
  } catch {
    return false;
  }
}

/** Weights of RFC 9110, 12.5.1. Packages for this reject a `charset`, which GraphQL clients send. */
function prefersJson(accept = ''): boolean {
  if (!accept.includes(responseType)) return true;
  const weight = weightIn(accept, responseType);
  return weight === 0 || weightIn(accept, 'application/json') > weight;
}

function weightIn(accept: string, type: string): number {
  const range = accept.split(',').find((each) => each.split(';', 1)[0]?.trim() === type);
  return range === undefined ? 0 : Number(/; *q=([\d.]+)/i.exec(range)?.[1] ?? 1);
}

function send({ headers }: FastifyRequest, reply: FastifyReply, scope: GraphqlScope, { status, body }: Answer): void {
  setCallHeaders(reply, scope.tightest);
  if (scope.retryAfter !== undefined) reply.header('retry-after', scope.retryAfter);
  const isJson = prefersJson(headers.accept);
  // clients of application/json treat every status but 200 as a transport failure
  const isRequestError = !isJson && status === 200 && 'errors' in body && body.data === undefined;
  reply
    .code(isRequestError ? 400 : status)
    .header('content-type', isJson ? jsonUtf8 : responseUtf8)
    .send(JSON.stringify(body));
}
