import { Logger } from '@nestjs/common';

const quietMs = 60_000;

/** grpc-js puts the time into the text. */
const timestamp = / \(\d{4}-\d\d-\d\dT[^)]*\)/g;

const reasonOf = (details: string): string =>
  /Last error: (.*?)\.? Resolution note/s.exec(details.replaceAll(timestamp, ''))?.[1] ?? details;

/** Says why there is no connection to an instance, where its callers hear that the service is unavailable and no more. */
export class ConnectionTroubles {
  readonly #told = new Map<string, number>();

  constructor(private readonly logger: Pick<Logger, 'warn'> = new Logger('Remote')) {}

  /** One line a minute for one address and reason; `details` are those of grpc-js. */
  tell(service: string, address: string, details: string): void {
    const line = `${service}: no connection to ${address} (${reasonOf(details)})`;
    const now = performance.now();
    if (now - (this.#told.get(line) ?? -Infinity) < quietMs) return;
    if (this.#told.size >= 1_000) this.#told.clear();
    this.#told.set(line, now);
    this.logger.warn(line);
  }
}
