import protobuf from 'protobufjs';

const { root } = protobuf.parse(
  `syntax = "proto3";
  package google;
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message Violation { string field = 1; string description = 2; string reason = 3; }
  message BadRequest { repeated Violation field_violations = 1; }
  message Duration { int64 seconds = 1; }
  message RetryInfo { Duration retry_delay = 1; }`,
  { keepCase: true },
);

const typeOf = (name: string) => root.lookupType(`google.${name}`);

export interface GoogleStatus {
  readonly code: number;
  readonly message: string;
  readonly info: { readonly reason: string; readonly domain: string; readonly metadata?: Record<string, string> };
  readonly violations?: readonly { readonly field: string; readonly description: string; readonly reason: string }[];
  /** Seconds. */
  readonly retryDelay?: number;
}

interface Packed {
  readonly type_url: string;
  readonly value: Uint8Array;
}

const plain = { longs: Number, defaults: false } as const;

/** `google.rpc.Status` of `grpc-status-details-bin`, read without any code of ours. */
export function readGoogleStatus(bytes: Uint8Array): GoogleStatus {
  const Status = typeOf('Status');
  const { code, message, details } = Status.toObject(Status.decode(bytes), plain) as GoogleStatus & {
    details: Packed[];
  };
  const unpack = (name: string) => {
    const packed = details.find(({ type_url }) => type_url === `type.googleapis.com/google.rpc.${name}`);
    return packed && typeOf(name).toObject(typeOf(name).decode(packed.value), plain);
  };
  const info = unpack('ErrorInfo') as GoogleStatus['info'];
  const bad = unpack('BadRequest');
  const retry = unpack('RetryInfo');
  return {
    code,
    message,
    info,
    ...(bad && { violations: bad.field_violations }),
    ...(retry && { retryDelay: retry.retry_delay.seconds }),
  };
}
