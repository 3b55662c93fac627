import type { Failure } from '../contract/failure.js';

/** `client`: work that another process does. */
export type SpanKind = 'internal' | 'client';

/** A piece of work in a trace. None of its methods throws. */
export interface Span {
  /** W3C trace context for what this work causes elsewhere. */
  readonly traceparent: string;
  set(name: string, value: string | number | boolean): void;
  /** A step of the work is done, in the time since the one before. */
  step(name: string): void;
  child(name: string, kind: SpanKind): Span;
  /** Once; `failure` when that is what it came to. */
  end(failure?: unknown): void;
}

/** The whole of a call in this process. */
export interface ServerSpan extends Span {
  end(failure?: Failure): void;
}

/** Runs `work` in a child of `parent`. */
export async function traced<T>(
  parent: Span,
  name: string,
  kind: SpanKind,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = parent.child(name, kind);
  try {
    const value = await work(span);
    span.end();
    return value;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
