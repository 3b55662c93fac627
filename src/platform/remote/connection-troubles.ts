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

/** Says why there is no connection to an instance, where its callers hear that the service is unavailable and no more. */
export class ConnectionTroubles {
  /** By line, from when on it is worth saying. */
  readonly #due = new Map<string, number>();

  constructor(private readonly logger: Pick<Logger, 'warn'> = new Logger('Remote')) {}

  /** One line a minute for one address and reason; `details` are those of grpc-js. */
  tell(service: string, address: string, details: string): void {
    const reason = reasonOf(details);
    const line = `${service}: no connection to ${address} (${reason})`;
    const now = performance.now();
    if (this.#due.size >= 1_000) this.#due.clear();
    const due = this.#due.get(line) ?? (reason.includes('ECONNREFUSED') ? now + patienceMs : now);
    this.#due.set(line, now < due ? due : now + quietMs);
    if (now >= due) this.logger.warn(line);
  }
}
