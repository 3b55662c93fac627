import { Metadata } from '@grpc/grpc-js';
import { checkIdempotencyKey, takesIdempotencyKey } from '../../contract/idempotency.js';
import type { OperationDescriptor } from '../../contract/module.js';
import type { CallContext } from '../../pipeline/call-context.js';

const printable = /^[\x20-\x7e]+$/;

/** What gRPC refuses to carry is no credential and no language either. */
function setText(metadata: Metadata, key: string, value: string | undefined): void {
  if (value !== undefined && printable.test(value)) metadata.set(key, value);
}

/** What the owner of an operation is told beside the input; `bearer` is this service's for it. Throws InvalidArgument. */
export function outgoingMetadata(
  operation: OperationDescriptor,
  call: CallContext,
  bearer: string,
  traceparent: string,
  idempotencyKey: string | undefined,
): Metadata {
  const { inbound, principal, requestId, address } = call;
  const metadata = new Metadata();
  metadata.set('x-request-id', requestId);
  metadata.set('traceparent', traceparent);
  metadata.set('x-forwarded-by', bearer);
  setText(metadata, 'x-forwarded-for', address);
  setText(metadata, 'authorization', inbound.authorization);
  if (principal.isService) metadata.set('x-service-authorization', bearer);
  setText(metadata, 'accept-language', inbound.locale);
  if (idempotencyKey !== undefined && takesIdempotencyKey(operation)) {
    checkIdempotencyKey(idempotencyKey);
    metadata.set('idempotency-key', idempotencyKey);
  }
  return metadata;
}
