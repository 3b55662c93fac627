import type { IncomingHttpHeaders } from 'node:http2';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { wallClock } from '../../contract/wall-clock.js';
import type { Forwarded, Inbound } from '../../pipeline/call-context.js';
import type { CallerAddresses } from '../caller-address.js';
import { type RawHeaders, valuesOf } from '../request-values.js';

/** Raw metadata: grpc-js drops values that are not ASCII. */
export interface ReceivedMetadata {
  readonly headers: IncomingHttpHeaders;
  readonly raw: RawHeaders;
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

/** Only the white space of HTTP/1.1; `trim` removes more. The expression alone would look at each character of a token. */
const trimmed = (value: string): string =>
  isBlank(value[0]) || isBlank(value.at(-1)) ? value.replaceAll(/^[\t ]+|[\t ]+$/g, '') : value;

function text(headers: IncomingHttpHeaders, key: string): string | undefined {
  const value = headers[key];
  return typeof value === 'string' ? trimmed(value) : undefined;
}

/** Two headers become one invalid one. */
function authorization({ authorization: first }: IncomingHttpHeaders, raw: RawHeaders): string | undefined {
  return first === undefined ? undefined : trimmed(valuesOf(raw, 'authorization').join(', '));
}

function timeLeft(deadline: Date | number): number | undefined {
  const end = Number(deadline);
  return end === Infinity ? undefined : Math.max(0, end - wallClock());
}

const withoutScheme = (authorization: string | undefined): string | undefined =>
  authorization?.replace(/^Bearer +/i, '');

function forwarded(headers: IncomingHttpHeaders): Forwarded | undefined {
  const by = withoutScheme(text(headers, 'x-forwarded-by'));
  // a proxy in between appends the address of the forwarding process
  return by === undefined ? undefined : { by, address: text(headers, 'x-forwarded-for')?.split(',')[0] };
}

export function grpcInbound(
  { headers, raw }: ReceivedMetadata,
  transport: ServerInterceptingCallInterface,
  addresses: CallerAddresses,
): Inbound {
  return {
    protocol: 'grpc',
    address: addresses.of(transport.getConnectionInfo().remoteAddress, headers),
    authorization: authorization(headers, raw),
    serviceAuthorization: withoutScheme(text(headers, 'x-service-authorization')),
    forwarded: forwarded(headers),
    requestId: text(headers, 'x-request-id'),
    traceparent: text(headers, 'traceparent'),
    timeoutMs: timeLeft(transport.getDeadline()),
    idempotencyKey: text(headers, 'idempotency-key'),
  };
}
