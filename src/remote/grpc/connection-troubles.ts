import { Logger } from '@nestjs/common';

const quietMs = 60_000;

/** An instance that refuses may be about to listen: processes start together, or again. */
const patienceMs = 5_000;

/** grpc-js puts the time into the text. */
const timestamp = / \(\d{4}-\d\d-\d\dT[^)]*\)/g;

/** grpc-js has no more to say of a connection that the other end closed before its first frame. */
const closedAtOnce = 'closed by the other end before a word: it may want TLS, which SERVICE_TLS_CA_FILE turns on here';

function reasonOf(details: string): string {
  const reason = /Last error: (.*?)\.? Resolution note/s.exec(details.replaceAll(timestamp, ''))?.[1] ?? details;
  return reason === 'Failed to connect' ? closedAtOnce : reason;
}

export type TroublesLog = Pick<Logger, 'warn'>;

/** Says why an instance cannot be called, where its callers hear that the service is unavailable and no more. */
export class ConnectionTroubles {
  /** By line, from when on it is worth saying. */
  readonly #due = new Map<string, number>();

  constructor(private readonly logger: TroublesLog = new Logger('Remote')) {}

  /** One line a minute for one address and reason; `details` are those of grpc-js. */
  tell(service: string, address: string, details: string): void {
    const reason = reasonOf(details);
    const afterMs = reason.includes('ECONNREFUSED') ? patienceMs : 0;
    this.#tell(`${service}: no connection to ${address} (${reason})`, afterMs);
  }

  /** As rarely. */
  refused(service: string, address: string, reason: string): void {
    const remedy = 'have both the same keys?';
    this.#tell(`${service}: ${address} does not take the token of this process (${reason}): ${remedy}`);
  }

  #tell(line: string, afterMs = 0): void {
    const now = performance.now();
    if (this.#due.size >= 1_000) this.#due.clear();
    const due = this.#due.get(line) ?? now + afterMs;
    this.#due.set(line, now < due ? due : now + quietMs);
    if (now >= due) this.logger.warn(line);
  }
}
