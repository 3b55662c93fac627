import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { Issue } from '../../contract/failure.js';
import type { Protocol } from '../../contract/operation.js';
import { type CallIdentity, type Inbound, identify } from '../../pipeline/call-context.js';
import { repeatedKeyIssues, textField, timeoutIn } from '../request-values.js';

export function httpInbound(request: FastifyRequest, protocol: Protocol): Inbound {
  const { headers } = request;
  return {
    protocol,
    address: request.callerAddress,
    authorization: headers.authorization,
    requestId: textField(headers['x-request-id']),
    traceparent: textField(headers.traceparent),
    timeoutMs: timeoutIn(textField(headers['x-request-timeout-ms'])),
    idempotencyKey: textField(headers['idempotency-key']),
    connection: request.raw.socket,
  };
}

export const identityOf = ({ headers }: { readonly headers: IncomingHttpHeaders }): CallIdentity =>
  identify({ requestId: textField(headers['x-request-id']), traceparent: textField(headers.traceparent) });

/** Throws MalformedRequest: Fastify keeps undecodable escapes as they are. */
export function checkQueryString({ raw: { url = '' } }: FastifyRequest): void {
  if (!url.includes('%')) return;
  try {
    decodeURIComponent(url);
  } catch {
    throw new MalformedRequest({ detail: 'The query string is not UTF-8 in percent-encoding' });
  }
}

export const keyHeaderIssues = ({ raw }: FastifyRequest): readonly Issue[] =>
  repeatedKeyIssues(raw.headers['idempotency-key'], raw.rawHeaders);
