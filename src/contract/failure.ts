import type { FailureKind } from './failure-table.js';

/** `path` is a JSON Pointer in wire names (`/page_size`), `code` is zod's. */
export interface Issue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface FailureOptions {
  /** Details of this case, for the caller; the title of the class when absent. */
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  /** 1 for transient kinds when absent. */
  readonly retryAfterSeconds?: number;
  readonly retry?: RetryAdvice;
  readonly cause?: unknown;
}

/** `never`: already retried, and retries of retries multiply. `always`: the request was not sent. */
export type RetryAdvice = 'never' | 'always';

const transient: ReadonlySet<FailureKind> = new Set(['resource_exhausted', 'unavailable']);

/** An expected error of an operation. Stays the same over any number of hops. */
export class Failure extends Error {
  readonly code: string;
  readonly kind: FailureKind;
  readonly title: string;
  readonly issues: readonly Issue[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  retry: RetryAdvice | undefined;
  readonly hasExplicitPause: boolean;

  constructor({ code, kind, title }: FailureDeclaration, options: FailureOptions = {}) {
    super(options.detail ?? title, { cause: options.cause });
    this.name = code;
    this.code = code;
    this.kind = kind;
    this.title = title;
    this.issues = options.issues;
    this.retry = options.retry;
    this.hasExplicitPause = options.retryAfterSeconds !== undefined;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (transient.has(kind) ? 1 : undefined);
  }
}

interface FailureDeclaration {
  readonly code: string;
  readonly kind: FailureKind;
  readonly title: string;
}

export interface FailureClass<Code extends string = string> extends FailureDeclaration {
  new (options?: FailureOptions): Failure;
  readonly code: Code;
}

/** Declares a failure. `code` is UPPER_SNAKE with the module's prefix and never changes once released. */
export function failure<Code extends string>(code: Code, kind: FailureKind, title: string): FailureClass<Code> {
  if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code)) throw new TypeError(`failure code "${code}" is not UPPER_SNAKE`);
  return class DeclaredFailure extends Failure {
    static readonly code = code;
    static readonly kind = kind;
    static readonly title = title;

    constructor(options?: FailureOptions) {
      super(DeclaredFailure, options);
    }
  };
}
