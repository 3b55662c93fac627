import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { Failure, Issue } from '../../contract/failure.js';
import { jsonRpcCode } from '../../contract/failure-table.js';
import type { CallContext } from '../../pipeline/call-context.js';

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

const parseErrorCode = -32700;

/** The one malformed request for which JSON-RPC has a code of its own. */
export class NotJson extends MalformedRequest {
  constructor() {
    super({ detail: 'This is not JSON in UTF-8' });
  }
}

export function errorObject(failure: Failure, call?: CallContext): ErrorObject {
  const { code, kind, message, issues, retryAfterSeconds } = failure;
  return {
    code: failure instanceof NotJson ? parseErrorCode : jsonRpcCode(failure),
    message,
    data: {
      code,
      ...(issues && { errors: issues }),
      ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
      ...(kind === 'internal' && call && { trace_id: call.trace.traceId }),
    },
  };
}
