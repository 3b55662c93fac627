import { Logger } from '@nestjs/common';

export const retainedRequest = 'a request with the retain flag';

const intervalMs = 1_000;
const longest = 200;

/** Tells what was dropped and why, in at most one line a second: whoever sends such messages sends many. */
export class DropLog {
  readonly #logger = new Logger('MQTT');
  #quietUntil = 0;
  #untold = 0;

  add(reason: string, about: Readonly<Record<string, string | undefined>>): void {
    const now = performance.now();
    if (now < this.#quietUntil) {
      this.#untold++;
      return;
    }
    const particulars = Object.entries(about).map(
      ([name, value]) => `${name} ${JSON.stringify(value?.slice(0, longest))}`,
    );
    const others = this.#untold > 0 ? `; ${this.#untold} others before it` : '';
    this.#logger.warn(`Dropped: ${reason} (${particulars.join(', ')})${others}`);
    this.#quietUntil = now + intervalMs;
    this.#untold = 0;
  }
}
