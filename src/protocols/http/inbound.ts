import type { FastifyRequest } from 'fastify';
import type { Protocol } from '../../contract/operation.js';
import type { Inbound } from '../../pipeline/call-context.js';

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

const milliseconds = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : undefined;

/** The headers that REST and GraphQL share. */
export function httpInbound(request: FastifyRequest, protocol: Protocol): Inbound {
  const { headers } = request;
  return {
    protocol,
    address: request.ip,
    authorization: headers.authorization,
    requestId: single(headers['x-request-id']),
    traceparent: single(headers.traceparent),
    timeoutMs: milliseconds(single(headers['x-request-timeout-ms'])),
    idempotencyKey: single(headers['idempotency-key']),
    locale: headers['accept-language'],
    connection: request.raw.socket,
  };
}
