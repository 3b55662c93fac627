import { randomBytes } from 'node:crypto';

const pattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** W3C trace context: continues a valid `traceparent`, else starts a trace when somebody first asks for its id. */
export class TraceContext {
  #traceparent: string | undefined;

  constructor(incoming: string | undefined) {
    this.#traceparent = incoming !== undefined && pattern.test(incoming) ? incoming : undefined;
  }

  get traceparent(): string {
    this.#traceparent ??= `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
    return this.#traceparent;
  }

  /** The same trace seen from a call that this one makes. */
  child(): string {
    const { traceparent } = this;
    return `${traceparent.slice(0, 36)}${randomBytes(8).toString('hex')}${traceparent.slice(52)}`;
  }

  get traceId(): string {
    return this.traceparent.slice(3, 35);
  }
}
