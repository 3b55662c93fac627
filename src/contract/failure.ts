/** Canonical kinds of failure, named after the gRPC status codes; all that a transport looks at. */
export const failureKinds = [
  'invalid_argument',
  'unauthenticated',
  'permission_denied',
  'not_found',
  'already_exists',
  'failed_precondition',
  'aborted',
  'resource_exhausted',
  'cancelled',
  'unimplemented',
  'unavailable',
  'deadline_exceeded',
  'internal',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** One fault of the input: `path` is a JSON Pointer in wire names (`/page_size`), `code` is zod's. */
export interface Issue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface FailureOptions {
  /** What happened this time; the title of the class when absent. Reaches the caller. */
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  /** Seconds after which the same call may succeed; 1 for what passes by itself when absent. */
  readonly retryAfterSeconds?: number;
  readonly retry?: RetryAdvice;
  /** Stays in the process: for the log only. */
  readonly cause?: unknown;
}

/**
 * What a caller may do beyond what the kind allows. `never`: it was retried as far as it may be, and attempts of those who
 * called would only multiply. `always`: the request never left this process, so it may be sent again, whatever it does.
 */
export type RetryAdvice = 'never' | 'always';

const passing: ReadonlySet<FailureKind> = new Set(['resource_exhausted', 'unavailable']);

/** An expected outcome of an operation other than its value. Crosses any number of hops unchanged. */
export class Failure extends Error {
  readonly code: string;
  readonly kind: FailureKind;
  readonly title: string;
  readonly issues: readonly Issue[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  retry: RetryAdvice | undefined;
  /** Whether that was asked for, here or by who answered, and does not follow from the kind alone. */
  readonly asksForPause: boolean;

  constructor({ code, kind, title }: FailureDeclaration, options: FailureOptions = {}) {
    super(options.detail ?? title, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.kind = kind;
    this.title = title;
    this.issues = options.issues;
    this.retry = options.retry;
    this.asksForPause = options.retryAfterSeconds !== undefined;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (passing.has(kind) ? 1 : undefined);
  }
}

interface FailureDeclaration {
  readonly code: string;
  readonly kind: FailureKind;
  readonly title: string;
}

export interface FailureClass<Code extends string = string> {
  new (options?: FailureOptions): Failure;
  readonly code: Code;
  readonly kind: FailureKind;
  readonly title: string;
}

/**
 * Declares a failure of a module: `class EmailTaken extends failure('USER_EMAIL_TAKEN', 'already_exists', '…') {}`.
 * `code` is UPPER_SNAKE with the module's prefix and never changes once released.
 */
export function failure<Code extends string>(code: Code, kind: FailureKind, title: string): FailureClass<Code> {
  if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code)) throw new TypeError(`failure code "${code}" is not UPPER_SNAKE`);
  return class DeclaredFailure extends Failure {
    static readonly code = code;
    static readonly kind = kind;
    static readonly title = title;

    constructor(options?: FailureOptions) {
      super({ code, kind, title }, options);
    }
  };
}
