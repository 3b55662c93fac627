import type { Logger } from '@nestjs/common';
import type { DnsTarget } from '../../platform/config/grpc-target.js';
import { fullJitter } from '../../platform/schedule/backoff.js';
import { type DnsAnswer, dnsAddresses } from './dns-addresses.js';
import type { InstanceList, InstanceSource } from './service-directory.js';

export interface DnsSettings {
  /** Maximum between two look-ups; a shorter TTL applies. */
  readonly intervalMs: number;
  /** Minimum, whatever the TTL and the number of failures. */
  readonly minIntervalMs: number;
}

export class DnsSource implements InstanceSource {
  #timer: NodeJS.Timeout | undefined;
  #startedAt = -Infinity;
  #isRunning = false;
  #failures = 0;
  #closed = false;

  constructor(
    private readonly service: string,
    private readonly target: DnsTarget,
    private readonly list: InstanceList,
    private readonly settings: DnsSettings,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    void this.#lookUp();
  }

  refresh(): void {
    if (!this.#isRunning) this.#lookUpIn(this.#startedAt + this.settings.minIntervalMs - performance.now());
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #lookUpIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void this.#lookUp(), Math.max(0, ms)).unref();
  }

  async #lookUp(): Promise<void> {
    this.#isRunning = true;
    this.#startedAt = performance.now();
    const nextMs = await dnsAddresses(this.target).then(
      (answer) => this.#answered(answer),
      (error: unknown) => this.#failed(error),
    );
    this.#isRunning = false;
    this.#lookUpIn(nextMs);
  }

  /** Returns milliseconds until the next look-up, as `#failed` does. */
  #answered({ addresses, ttlMs = Number.POSITIVE_INFINITY }: DnsAnswer): number {
    const { minIntervalMs, intervalMs } = this.settings;
    if (this.#failures > 0 && !this.#closed) this.logger.log(`${this.target.host} has addresses again`);
    this.#failures = 0;
    if (!this.#closed) this.list.set(addresses.map((address) => ({ id: address, address })));
    return Math.max(minIntervalMs, Math.min(ttlMs, intervalMs));
  }

  #failed(error: unknown): number {
    const { minIntervalMs, intervalMs } = this.settings;
    if (this.#failures++ === 0 && !this.#closed) {
      const kept = this.list.current.length;
      this.logger.warn(`${this.service}: no addresses for ${this.target.host} (${error}), keeping the ${kept} known`);
    }
    return minIntervalMs + fullJitter({ baseMs: minIntervalMs, maxMs: intervalMs }, this.#failures);
  }
}
