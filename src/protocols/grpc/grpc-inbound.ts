import type { Metadata, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { Inbound } from '../../pipeline/call-context.js';

function text(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === 'string' ? value : undefined;
}

function timeLeft(deadline: Date | number): number | undefined {
  const end = Number(deadline);
  return end === Infinity ? undefined : Math.max(0, end - Date.now());
}

export function grpcInbound(metadata: Metadata, transport: ServerInterceptingCallInterface): Inbound {
  const service = text(metadata, 'x-service-authorization');
  return {
    protocol: 'grpc',
    address: transport.getConnectionInfo().remoteAddress ?? 'unknown',
    authorization: text(metadata, 'authorization'),
    serviceAuthorization: service?.replace(/^Bearer +/i, ''),
    requestId: text(metadata, 'x-request-id'),
    traceparent: text(metadata, 'traceparent'),
    timeoutMs: timeLeft(transport.getDeadline()),
    idempotencyKey: text(metadata, 'idempotency-key'),
    locale: text(metadata, 'accept-language'),
  };
}
