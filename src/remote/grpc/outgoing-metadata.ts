import { Metadata } from '@grpc/grpc-js';
import { checkIdempotencyKey, takesIdempotencyKey } from '../../contract/idempotency.js';
import type { Call } from '../../pipeline/call.js';

const printable = /^[\x20-\x7e]+$/;

/** What gRPC refuses to carry is no credential and no language either. */
function setText(metadata: Metadata, key: string, value: string | undefined): void {
  if (value !== undefined && printable.test(value)) metadata.set(key, value);
}

/** What the service of an operation gets beside its input; `bearer` is this service's token for it. Throws InvalidArgument. */
export function outgoingMetadata(call: Call, bearer: string, traceparent: string): Metadata {
  const { operation, idempotencyKey } = call;
  const { inbound, principal, requestId, address } = call.context;
  const metadata = new Metadata();
  metadata.set('x-request-id', requestId);
  metadata.set('traceparent', traceparent);
  metadata.set('x-forwarded-by', bearer);
  setText(metadata, 'x-forwarded-for', address);
  setText(metadata, 'authorization', inbound.authorization);
  if (principal.isService) metadata.set('x-service-authorization', bearer);
  if (idempotencyKey !== undefined && takesIdempotencyKey(operation)) {
    checkIdempotencyKey(idempotencyKey);
    metadata.set('idempotency-key', idempotencyKey);
  }
  return metadata;
}
