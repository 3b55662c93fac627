import type { OutgoingHttpHeaders } from 'node:http2';
import { Metadata } from '@grpc/grpc-js';
import { checkIdempotencyKey } from '../../contract/idempotency.js';
import type { Call } from '../../pipeline/call.js';

const printable = /^[\x20-\x7e]+$/;

function setText(headers: OutgoingHttpHeaders, key: string, value: string | undefined): void {
  if (value !== undefined && printable.test(value)) headers[key] = value;
}

/** `bearer`: this service's token for the owner. Throws InvalidArgument. */
export function requestHeaders(call: Call, bearer: string, traceparent: string): OutgoingHttpHeaders {
  const { operation, idempotencyKey } = call;
  const { inbound, principal, requestId, address } = call.context;
  const headers: OutgoingHttpHeaders = { 'x-request-id': requestId, traceparent, 'x-forwarded-by': bearer };
  setText(headers, 'x-forwarded-for', address);
  setText(headers, 'authorization', inbound.authorization);
  if (principal.isService) headers['x-service-authorization'] = bearer;
  if (idempotencyKey !== undefined && operation.takesIdempotencyKey) {
    checkIdempotencyKey(idempotencyKey);
    headers['idempotency-key'] = idempotencyKey;
  }
  return headers;
}

/** grpc-js would check each value again, copy them all twice, and offer encodings that our services do not use. */
export class RequestMetadata extends Metadata {
  constructor(
    private readonly headers: OutgoingHttpHeaders,
    private readonly deadline: number,
  ) {
    super();
  }

  override clone(): this {
    return this;
  }

  override set(): void {}

  override toHttp2Headers(): OutgoingHttpHeaders {
    const left = Math.max(1, Math.ceil(this.deadline - performance.now()));
    return { ...this.headers, 'grpc-timeout': `${left}m` };
  }
}
