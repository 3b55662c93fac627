import { randomHex } from './random-hex.js';

const pattern = /^([0-9a-f]{2})(-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-)([0-9a-f]{2})(-.*)?$/;

/** Sampled, and random trace id. */
const knownFlags = 3;

/**
 * As the first version has it, or undefined. Later ones may say more at the end.
 * Source: https://www.w3.org/TR/trace-context/#versioning-of-traceparent
 */
function understood(traceparent: string): string | undefined {
  const [, version, ids, flags = '', more] = pattern.exec(traceparent) ?? [];
  if (ids === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return `00${ids}0${Number.parseInt(flags, 16) & knownFlags}`;
}

/** W3C trace context: continues a valid `traceparent`, else starts a trace when somebody first asks for its id. */
export class TraceContext {
  #parent: string | undefined;
  #traceparent: string | undefined;

  constructor(incoming: string | undefined) {
    this.#parent = incoming === undefined ? undefined : understood(incoming);
    this.#traceparent = this.#parent;
  }

  /** Of work that nobody records here: it is not to be recorded elsewhere either. */
  static unrecorded(): TraceContext {
    return new TraceContext(newTraceparent('00'));
  }

  /** What a span of this trace continues; undefined where the span is the first. */
  get parent(): string | undefined {
    return this.#parent;
  }

  get traceparent(): string {
    this.#traceparent ??= newTraceparent('01');
    return this.#traceparent;
  }

  /** From now on seen from the span whose context this is. */
  enter(traceparent: string): void {
    this.#traceparent = traceparent;
    this.#parent ??= traceparent;
  }

  /** The same trace seen from a call that this one makes. */
  child(): string {
    const { traceparent } = this;
    return `${traceparent.slice(0, 36)}${randomHex(8)}${traceparent.slice(52)}`;
  }

  get traceId(): string {
    return this.traceparent.slice(3, 35);
  }

  get spanId(): string {
    return this.traceparent.slice(36, 52);
  }
}

const newTraceparent = (flags: '00' | '01'): string => `00-${randomHex(16)}-${randomHex(8)}-${flags}`;
