import { Logger } from '@nestjs/common';

const repeatMs = 60_000;

/** A refused connection is normal while processes start. */
const startMs = 5_000;

/** grpc-js adds the time to the text. */
const timestamp = / \(\d{4}-\d\d-\d\dT[^)]*\)/g;

/** grpc-js has no reason for a connection closed before the first frame. */
const closedAtOnce = 'closed by the other end at once: it may want TLS, which SERVICE_TLS_CA_FILE turns on here';

function reasonOf(details: string): string {
  const reason =
    /Last error: (.*?)\.?(?: Resolution note.*)?$/s.exec(details.replaceAll(timestamp, ''))?.[1] ?? details;
  return reason === 'Failed to connect' ? closedAtOnce : reason;
}

export type WarnLogger = Pick<Logger, 'warn'>;

/** The reason for SERVICE_UNAVAILABLE, once a minute per instance. */
export class ConnectionLog {
  readonly #dueAt = new Map<string, number>();

  constructor(private readonly logger: WarnLogger = new Logger('Remote')) {}

  noConnection(service: string, address: string, details: string): void {
    const reason = reasonOf(details);
    this.#warn(`${service}: no connection to ${address} (${reason})`, reason.includes('ECONNREFUSED') ? startMs : 0);
  }

  tokenRefused(service: string, address: string, reason: string): void {
    this.#warn(`${service}: ${address} refuses the token of this process (${reason}): do both have the same keys?`);
  }

  #warn(line: string, afterMs = 0): void {
    const now = performance.now();
    if (this.#dueAt.size >= 1_000) this.#dueAt.clear();
    const dueAt = this.#dueAt.get(line) ?? now + afterMs;
    this.#dueAt.set(line, now < dueAt ? dueAt : now + repeatMs);
    if (now >= dueAt) this.logger.warn(line);
  }
}
