import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { Failure, Issue } from '../../contract/failure.js';
import type { CallContext } from '../../pipeline/call-context.js';
import { jsonRpcCode } from '../failure-table.js';

/** The `error` member of JSON-RPC 2.0, which MQTT replies carry as well. */
export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data: {
    readonly code: string;
    readonly errors?: readonly Issue[];
    /** Seconds. */
    readonly retry_after?: number;
    /** Of an unexpected error: the log tells more of it. */
    readonly trace_id?: string;
  };
}

export function errorObject(failure: Failure, call?: CallContext): ErrorObject {
  const { code, kind, message, issues, retryAfterSeconds } = failure;
  return {
    code: jsonRpcCode(failure),
    message,
    data: {
      code,
      ...(issues && { errors: issues }),
      ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
      ...(kind === 'internal' && call && { trace_id: call.trace.traceId }),
    },
  };
}

/** -32700 of JSON-RPC: what came is no JSON. */
export const parseError: ErrorObject = {
  ...errorObject(new MalformedRequest({ detail: 'This is not JSON in UTF-8' })),
  code: -32700,
};
