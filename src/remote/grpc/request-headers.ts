import { checkIdempotencyKey } from '../../contract/idempotency.js';
import type { Call } from '../../pipeline/call.js';

const printable = /^[\x20-\x7e]+$/;

function addText(headers: string[], name: string, value: string | undefined): void {
  if (value !== undefined && printable.test(value)) headers.push(name, value);
}

/** Names and values in turn. `bearer`: this service's token for the owner. Throws InvalidArgument. */
export function requestHeaders(call: Call, bearer: string, traceparent: string): readonly string[] {
  const { operation, idempotencyKey } = call;
  const { inbound, principal, requestId, address } = call.context;
  const headers = ['x-request-id', requestId, 'traceparent', traceparent, 'x-forwarded-by', bearer];
  addText(headers, 'x-forwarded-for', address);
  addText(headers, 'authorization', inbound.authorization);
  if (principal.isService) headers.push('x-service-authorization', bearer);
  if (idempotencyKey !== undefined && operation.takesIdempotencyKey) {
    checkIdempotencyKey(idempotencyKey);
    headers.push('idempotency-key', idempotencyKey);
  }
  return headers;
}
