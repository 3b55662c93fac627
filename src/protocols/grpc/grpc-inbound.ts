import type { Metadata, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { Forwarded, Inbound } from '../../pipeline/call-context.js';

function text(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === 'string' ? value : undefined;
}

function timeLeft(deadline: Date | number): number | undefined {
  const end = Number(deadline);
  return end === Infinity ? undefined : Math.max(0, end - Date.now());
}

const withoutScheme = (authorization: string | undefined): string | undefined =>
  authorization?.replace(/^Bearer +/i, '');

function forwarded(metadata: Metadata): Forwarded | undefined {
  const by = withoutScheme(text(metadata, 'x-forwarded-by'));
  return by === undefined ? undefined : { by, address: text(metadata, 'x-forwarded-for') };
}

export function grpcInbound(metadata: Metadata, transport: ServerInterceptingCallInterface): Inbound {
  return {
    protocol: 'grpc',
    address: transport.getConnectionInfo().remoteAddress ?? 'unknown',
    authorization: text(metadata, 'authorization'),
    serviceAuthorization: withoutScheme(text(metadata, 'x-service-authorization')),
    forwarded: forwarded(metadata),
    requestId: text(metadata, 'x-request-id'),
    traceparent: text(metadata, 'traceparent'),
    timeoutMs: timeLeft(transport.getDeadline()),
    idempotencyKey: text(metadata, 'idempotency-key'),
    locale: text(metadata, 'accept-language'),
  };
}
