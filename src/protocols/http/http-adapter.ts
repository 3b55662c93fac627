import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';
import { MalformedRequest, UnsupportedMediaType } from '../../contract/built-in-failures.js';
import { withoutByteOrderMark } from '../../contract/parse-json.js';
import { CallerAddresses } from '../caller-address.js';
import { fastifyFailure } from './answer-error.js';
import { identityOf } from './inbound.js';
import { mayUpgrade, refuseConnection, refuseInPlaceOfNode } from './node-refusals.js';
import { sendProblem } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Behind trusted proxies. Fastify's `ip` keeps a port that a proxy adds. */
    readonly callerAddress: string;
  }
}

export interface HttpOptions {
  readonly bodyBytes: number;
  /** Addresses or networks whose `X-Forwarded-For`, `X-Forwarded-Host` and `Forwarded` are trusted. */
  readonly trustedProxies: readonly string[];
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly requestTimeoutMs?: number;
}

const nodeOptions = (requestTimeoutMs: number) => ({
  /** Two tokens become one invalid token. By default Node would use the first one, and a proxy perhaps the last. */
  joinDuplicateHeaders: true,
  requireHostHeader: false,
  /** Node swaps this with `requestTimeout` when it is larger: its default of a minute would limit whole requests. */
  headersTimeout: requestTimeoutMs,
  shouldUpgradeCallback: mayUpgrade,
  connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 6),
});

const defaultRequestTimeoutMs = 30_000;

/** Omits the seven hooks of Nest's adapter (CORS, CSRF, middleware, …), a fifth of the cost of a small request. */
class PlainFastifyAdapter extends FastifyAdapter {
  constructor(fastify: FastifyInstance) {
    const { addHook } = fastify;
    fastify.addHook = (() => fastify) as unknown as typeof addHook;
    super(fastify);
    fastify.addHook = addHook;
  }

  /** Nest's own adds the middleware hook. */
  override async init(): Promise<void> {}

  /** In a scope that parses no bodies: an unknown path with a bad body is 404. */
  override setNotFoundHandler(...[handler]: Parameters<FastifyAdapter['setNotFoundHandler']>): FastifyInstance {
    return this.instance.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.setNotFoundHandler(handler as RouteHandlerMethod);
    });
  }
}

export function createHttpAdapter({ bodyBytes, trustedProxies, tls, ...options }: HttpOptions): FastifyAdapter {
  const { requestTimeoutMs = defaultRequestTimeoutMs } = options;
  const node = nodeOptions(requestTimeoutMs);
  const fastify = Fastify({
    bodyLimit: bodyBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: requestTimeoutMs,
    genReqId: () => '',
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    // the pipeline refuses calls during shutdown
    return503OnClosing: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, fastifyFailure(error) ?? new MalformedRequest(), identityOf(request)),
    clientErrorHandler: refuseConnection,
    ...(tls ? { https: { ...node, cert: tls.cert, key: tls.key } } : { http: node }),
  });
  const addresses = new CallerAddresses(trustedProxies);
  fastify.decorateRequest('callerAddress', {
    getter(this: FastifyRequest) {
      return addresses.of(this.raw.socket.remoteAddress, this.headers);
    },
  });
  refuseInPlaceOfNode(fastify.server, { bodyBytes, unreadMs: 2 * requestTimeoutMs });
  acceptJsonOnly(fastify);
  return new PlainFastifyAdapter(fastify);
}

/** Empty bodies count as absent. `__proto__` may stay: codecs copy declared fields only, and maps refuse it. */
function acceptJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('ignore', 'ignore');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = withoutByteOrderMark(body.toString());
    if (!isPlainUtf8(request.headers)) done(new UnsupportedMediaType(), undefined);
    else if (text === '') done(null, undefined);
    else if (isAltered(text, body)) done(new MalformedRequest({ detail: 'The body is not UTF-8' }), undefined);
    else void parse(request, text, done);
  });
}

/** Invalid UTF-8 decodes to U+FFFD: bytes are checked only where one occurs. */
const isAltered = (text: string, bytes: Buffer): boolean => text.includes('\ufffd') && !isUtf8(bytes);

function isPlainUtf8({ 'content-encoding': encoding, 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  if (type === 'application/json' && encoding === undefined) return true;
  const charset = /charset="?([^";]+)/i.exec(type)?.[1];
  return (encoding ?? 'identity') === 'identity' && (charset === undefined || /^utf-?8$/i.test(charset));
}

/** Later answers close their connections, so that clients reconnect elsewhere. */
export function closeAfterAnswers(server: Server): void {
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
}
