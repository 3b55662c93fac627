export type SpanKind = 'internal' | 'client';

/** Its methods never throw. */
export interface Span {
  readonly traceparent: string;
  set(name: string, value: string | number | boolean): void;
  /** Ends the current step: records its duration. */
  step(name: string): void;
  child(name: string, kind: SpanKind): Span;
  end(failure?: unknown): void;
}

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
