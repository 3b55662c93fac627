import { Logger } from '@nestjs/common';

export const retainedRequest = 'a request with the retain flag';

const intervalMs = 1_000;
const longest = 200;

export class DropLog {
  readonly #logger = new Logger('MQTT');
  #quietUntil = 0;
  #unlogged = 0;

  add(reason: string, details: Readonly<Record<string, string | undefined>>): void {
    const now = performance.now();
    if (now < this.#quietUntil) {
      this.#unlogged++;
      return;
    }
    const known = Object.entries(details).filter(([, value]) => value !== undefined);
    const shown = known.map(([name, value]) => `${name} ${JSON.stringify(value?.slice(0, longest))}`);
    const others = this.#unlogged > 0 ? `; ${this.#unlogged} others before it` : '';
    this.#logger.warn(`Dropped: ${reason} (${shown.join(', ')})${others}`);
    this.#quietUntil = now + intervalMs;
    this.#unlogged = 0;
  }
}
