import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { Inbound } from '../../pipeline/call-context.js';

function text(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === 'string' ? value : undefined;
}

function timeLeft(deadline: Date | number): number | undefined {
  const end = Number(deadline);
  return end === Infinity ? undefined : Math.max(0, end - Date.now());
}

/** `127.0.0.1:50123`, `::1:50123` -> the address alone. */
function addressOf(peer: string): string {
  const port = peer.lastIndexOf(':');
  return port === -1 ? peer : peer.slice(0, port);
}

export function grpcInbound(call: ServerUnaryCall<unknown, unknown>): Inbound {
  const { metadata } = call;
  const service = text(metadata, 'x-service-authorization');
  return {
    protocol: 'grpc',
    address: addressOf(call.getPeer()),
    authorization: text(metadata, 'authorization'),
    serviceAuthorization: service?.replace(/^Bearer +/i, ''),
    requestId: text(metadata, 'x-request-id'),
    traceparent: text(metadata, 'traceparent'),
    timeoutMs: timeLeft(call.getDeadline()),
    idempotencyKey: text(metadata, 'idempotency-key'),
    locale: text(metadata, 'accept-language'),
  };
}
