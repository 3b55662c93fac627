import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafe(4_096);
let used = pool.length;

/** Random bytes are fetched in bulk: each fetch costs a microsecond. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}

const pattern = /^([0-9a-f]{2})(-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-)([0-9a-f]{2})(-.*)?$/;

/** Bits: sampled, random trace id. */
const knownFlags = 3;

/** Source: https://www.w3.org/TR/trace-context/#versioning-of-traceparent */
function understood(traceparent: string): string | undefined {
  const [, version, ids, flags = '', more] = pattern.exec(traceparent) ?? [];
  if (ids === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return `00${ids}0${Number.parseInt(flags, 16) & knownFlags}`;
}

/** W3C trace context. Without a valid `incoming`, starts a trace when its id is first read. */
export class TraceContext {
  #parent: string | undefined;
  #traceparent: string | undefined;

  constructor(incoming: string | undefined) {
    this.#parent = incoming === undefined ? undefined : understood(incoming);
    this.#traceparent = this.#parent;
  }

  static unrecorded(): TraceContext {
    return new TraceContext(newTraceparent('00'));
  }

  /** Undefined for the first span of a trace. */
  get parent(): string | undefined {
    return this.#parent;
  }

  get traceparent(): string {
    this.#traceparent ??= newTraceparent('01');
    return this.#traceparent;
  }

  enter(traceparent: string): void {
    this.#traceparent = traceparent;
    this.#parent ??= traceparent;
  }

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
