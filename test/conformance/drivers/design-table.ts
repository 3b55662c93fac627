import type { FailureClass } from '../../../src/contract/failure.js';
import type { FailureKind } from '../../../src/contract/failure-table.js';

interface Row {
  readonly http: number;
  readonly grpc: number;
  readonly jsonRpc: number;
}

/** Section 6 of the design, typed out: clients of other people rely on every number. */
const kinds: Readonly<Record<FailureKind, Row>> = {
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
};

export const rowOf = ({ kind }: FailureClass): Row => kinds[kind];

/** Of a valid traceparent. */
export const traceIdOf = (traceparent: string): string => traceparent.split('-')[1] ?? '';
