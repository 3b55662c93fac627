import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { MalformedRequest, UnsupportedMediaType } from '../../contract/built-in-failures.js';
import { fastifyFailure } from './fastify-failure.js';
import { sendProblem, toProblem } from './problem.js';

export interface HttpOptions {
  readonly bodyBytes: number;
  /** Addresses or networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

/** Milliseconds for a whole request to arrive: a client that sends a byte a second holds nothing for long. */
const requestTimeout = 30_000;

/**
 * Nest's adapter hangs seven hooks on every request (CORS, CSRF, middleware, versioning, …) whether they are used or not:
 * a fifth of the cost of a small request. What of it is wanted here is registered on Fastify itself.
 */
class PlainFastifyAdapter extends FastifyAdapter {
  constructor(fastify: FastifyInstance) {
    const { addHook } = fastify;
    fastify.addHook = (() => fastify) as unknown as typeof addHook;
    super(fastify);
    fastify.addHook = addHook;
  }

  /** Would register the support for Nest middleware, a hook more. */
  override async init(): Promise<void> {}
}

/** The HTTP listener that REST, GraphQL and WebSocket share. */
export function createHttpAdapter({ bodyBytes, trustedProxies, tls }: HttpOptions): FastifyAdapter {
  const fastify = Fastify({
    bodyLimit: bodyBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout,
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, fastifyFailure(error) ?? new MalformedRequest()),
    clientErrorHandler: refuseConnection,
    ...(tls && { https: { cert: tls.cert, key: tls.key } }),
  });
  acceptJsonOnly(fastify);
  return new PlainFastifyAdapter(fastify);
}

/** An empty body is no body, whatever its content type says. Keys that could reach a prototype are refused. */
function acceptJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (!isPlainUtf8(request.headers)) done(new UnsupportedMediaType(), undefined);
    else if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}

/** A compressed body, or text in another encoding, would be taken for something else. */
function isPlainUtf8({ 'content-encoding': encoding, 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  if (type === 'application/json' && encoding === undefined) return true;
  const charset = /charset="?([^";]+)/i.exec(type)?.[1];
  return encoding === undefined && (charset === undefined || /^utf-?8$/i.test(charset));
}

/** What is not even HTTP, or too slow to become it. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = JSON.stringify({ ...toProblem(new MalformedRequest()), status: Number(status.slice(0, 3)) });
  const head = `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`);
}
