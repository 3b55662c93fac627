import type { Logger } from '@nestjs/common';
import type { DnsTarget } from '../../platform/config/grpc-target.js';
import { type Backoff, fullJitter } from '../../platform/schedule/backoff.js';
import { type DnsAnswer, dnsAddresses } from './dns-addresses.js';
import type { KnownInstances } from './known-instances.js';

export interface DnsSettings {
  /** The longest time between two look-ups; a shorter TTL is followed. */
  readonly intervalMs: number;
  /** The shortest one, whatever the TTL and however often instances fail. */
  readonly minIntervalMs: number;
}

/** Looks a name up again and again. What was known stays while there is no answer. */
export class DnsWatch {
  readonly #backoff: Backoff;
  #timer: NodeJS.Timeout | undefined;
  #askedAt = -Infinity;
  #asking = false;
  #failures = 0;
  #closed = false;

  constructor(
    private readonly service: string,
    private readonly target: DnsTarget,
    private readonly known: KnownInstances,
    private readonly settings: DnsSettings,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    this.#backoff = { baseMs: settings.minIntervalMs, maxMs: settings.intervalMs };
    void this.#ask();
  }

  refresh(): void {
    if (!this.#asking) this.#askIn(this.#askedAt + this.settings.minIntervalMs - performance.now());
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.#ask(), Math.max(0, ms)).unref();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    this.#askedAt = performance.now();
    try {
      this.#answered(await dnsAddresses(this.target));
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#asking = false;
    }
  }

  #answered({ addresses, ttlMs = Number.POSITIVE_INFINITY }: DnsAnswer): void {
    if (this.#closed) return;
    if (this.#failures > 0) this.logger.log(`${this.target.host} has addresses again`);
    this.#failures = 0;
    this.known.tell(addresses.map((address) => ({ id: address, address })));
    const { minIntervalMs, intervalMs } = this.settings;
    this.#askIn(Math.max(minIntervalMs, Math.min(ttlMs, intervalMs)));
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    if (this.#failures++ === 0) {
      const kept = this.known.current.length;
      this.logger.warn(`${this.service}: no addresses for ${this.target.host} (${error}), keeping the ${kept} known`);
    }
    this.#askIn(this.settings.minIntervalMs + fullJitter(this.#backoff, this.#failures));
  }
}
