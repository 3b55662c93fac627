interface Encoding {
  readonly http: number;
  readonly grpc: number;
  readonly jsonRpc: number;
}

/** Named after the gRPC status codes. Protocols look at the kind only. */
const byKind = {
  invalid_argument: { http: 400, grpc: 3, jsonRpc: -32602 },
  unauthenticated: { http: 401, grpc: 16, jsonRpc: -32001 },
  permission_denied: { http: 403, grpc: 7, jsonRpc: -32003 },
  not_found: { http: 404, grpc: 5, jsonRpc: -32004 },
  already_exists: { http: 409, grpc: 6, jsonRpc: -32009 },
  failed_precondition: { http: 409, grpc: 9, jsonRpc: -32010 },
  aborted: { http: 409, grpc: 10, jsonRpc: -32011 },
  resource_exhausted: { http: 429, grpc: 8, jsonRpc: -32029 },
  cancelled: { http: 499, grpc: 1, jsonRpc: -32099 },
  unimplemented: { http: 404, grpc: 12, jsonRpc: -32601 },
  unavailable: { http: 503, grpc: 14, jsonRpc: -32053 },
  deadline_exceeded: { http: 504, grpc: 4, jsonRpc: -32054 },
  internal: { http: 500, grpc: 13, jsonRpc: -32603 },
} as const satisfies Readonly<Record<string, Encoding>>;

export type FailureKind = keyof typeof byKind;

export const failureKinds = Object.keys(byKind) as readonly FailureKind[];

const byCode: Readonly<Record<string, Partial<Encoding>>> = {
  MALFORMED_REQUEST: { jsonRpc: -32600 },
  REQUEST_TIMEOUT: { http: 408 },
  PAYLOAD_TOO_LARGE: { http: 413, grpc: 8 },
  UNSUPPORTED_MEDIA_TYPE: { http: 415 },
  METHOD_NOT_ALLOWED: { http: 405 },
};

interface Coded {
  readonly code: string;
  readonly kind: FailureKind;
}

export const httpStatus = ({ code, kind }: Coded): number => byCode[code]?.http ?? byKind[kind].http;
export const grpcStatus = ({ code, kind }: Coded): number => byCode[code]?.grpc ?? byKind[kind].grpc;
export const jsonRpcCode = ({ code, kind }: Coded): number => byCode[code]?.jsonRpc ?? byKind[kind].jsonRpc;

const kindOf = (column: keyof Encoding, value: number): FailureKind | undefined =>
  failureKinds.find((kind) => byKind[kind][column] === value);

export const grpcKind = (status: number): FailureKind => kindOf('grpc', status) ?? 'internal';

export const jsonRpcKind = (code: number): FailureKind => kindOf('jsonRpc', code) ?? 'internal';

export const httpKind = (status: number): FailureKind =>
  kindOf('http', status) ?? (status < 500 ? 'invalid_argument' : 'internal');
