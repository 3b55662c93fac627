import type { Failure, FailureClass, Issue } from '../../../src/contract/failure.js';
import type { OperationDescriptor } from '../../../src/contract/module.js';

export interface Call {
  readonly operation: OperationDescriptor;
  /** As TypeScript has it. */
  readonly input: object;
  /** Without `Bearer`. */
  readonly token?: string | undefined;
  readonly serviceToken?: string;
  readonly idempotencyKey?: string;
  readonly requestId?: string;
  readonly traceparent?: string;
  readonly timeoutMs?: number;
}

export interface WireFailure {
  readonly code: string;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  readonly retryAfterSeconds?: number;
}

/** What an operation answered, the same whatever wire it came by: names and absence as TypeScript has them. */
export type Outcome = { readonly value: unknown } | { readonly failure: WireFailure };

export interface Answer {
  readonly outcome: Outcome;
  /** What else this wire showed: status codes, headers, error classes. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One way to call operations over real sockets. */
export interface Driver {
  call(call: Call): Promise<Answer>;
  /** The facts of a success, as section 5 of the design has them. */
  success(call: Call): Readonly<Record<string, unknown>>;
  /** The facts of a failure, as section 6 of the design has them. */
  failure(declared: FailureClass, call: Call): Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** A driver that writes its own bytes, so it can write wrong ones. */
export interface RawDriver extends Driver {
  /** Expects the answer to a field that the contract does not know: refused, and ignored in protobuf. */
  expectUnknownField(call: Call): Promise<void>;
  /** Expects the answer to bytes that do not parse. */
  expectMalformed(call: Call): Promise<void>;
  /** Expects the answer to a text of the input that is not UTF-8: where the input has `brokenText`. */
  expectBrokenText(call: Call): Promise<void>;
  /** Expects the answer to a message beyond the limit. */
  expectOversized(call: Call): Promise<void>;
}

/** Of a field called `nonsense`, in JSON. */
export const unrecognized = {
  failure: {
    code: 'INVALID_ARGUMENT',
    issues: [{ path: '/nonsense', code: 'unrecognized_keys', message: 'Unrecognized key: "nonsense"' }],
  },
};

export const wireFailure = ({ code, message, issues, retryAfterSeconds }: Failure): WireFailure => ({
  code,
  detail: message,
  ...(issues && { issues }),
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});
