import { Logger } from '@nestjs/common';

const quietMs = 60_000;

/** grpc-js puts the time into the text. */
const timestamp = / \(\d{4}-\d\d-\d\dT[^)]*\)/g;

const reasonOf = (details: string): string =>
  /Last error: (.*?)\.? Resolution note/s.exec(details.replaceAll(timestamp, ''))?.[1] ?? details;

export type TroublesLog = Pick<Logger, 'warn'>;

/** Says why an instance cannot be called, where its callers hear that the service is unavailable and no more. */
export class ConnectionTroubles {
  readonly #told = new Map<string, number>();

  constructor(private readonly logger: TroublesLog = new Logger('Remote')) {}

  /** One line a minute for one address and reason; `details` are those of grpc-js. */
  tell(service: string, address: string, details: string): void {
    this.#tell(`${service}: no connection to ${address} (${reasonOf(details)})`);
  }

  /** As rarely. */
  refused(service: string, address: string, reason: string): void {
    const remedy = 'have both the same keys?';
    this.#tell(`${service}: ${address} does not take the token of this process (${reason}): ${remedy}`);
  }

  #tell(line: string): void {
    const now = performance.now();
    if (now - (this.#told.get(line) ?? -Infinity) < quietMs) return;
    if (this.#told.size >= 1_000) this.#told.clear();
    this.#told.set(line, now);
    this.logger.warn(line);
  }
}
