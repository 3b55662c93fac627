import { promises as dns } from 'node:dns';
import type { Logger } from '@nestjs/common';
import type { DnsTarget } from '../../platform/config/grpc-target.js';
import { endpoint } from '../../platform/config/host.js';
import { fullJitter } from '../../platform/schedule/backoff.js';
import type { InstanceList, InstanceSource } from './service-directory.js';

interface DnsAnswer {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
}

const queryTimeoutMs = 1_000;

/** One address family only: both lead to the same processes. The system's resolver has no TTL. */
async function bySystem({ host, port }: DnsTarget): Promise<DnsAnswer> {
  const found = await dns.lookup(host, { all: true });
  const family = found[0]?.family;
  const addresses = found.filter((record) => record.family === family).map(({ address }) => endpoint(address, port));
  return { addresses, ttlMs: Number.POSITIVE_INFINITY };
}

async function byServer({ host, port }: DnsTarget, authority: string): Promise<DnsAnswer> {
  const resolver = new dns.Resolver({ timeout: queryTimeoutMs, tries: 2 });
  resolver.setServers([authority]);
  const records = await resolver.resolve4(host, { ttl: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENODATA') throw error;
    return resolver.resolve6(host, { ttl: true });
  });
  return {
    addresses: records.map(({ address }) => endpoint(address, port)),
    ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1_000,
  };
}

export const dnsDefaults = {
  /** Maximum between two look-ups; a shorter TTL applies. */
  intervalMs: 5_000,
  /** Minimum, whatever the TTL and the number of failures. */
  minIntervalMs: 1_000,
};

export type DnsSettings = Readonly<typeof dnsDefaults>;

export class DnsSource implements InstanceSource {
  #timer: NodeJS.Timeout | undefined;
  #startedAt = -Infinity;
  #isRunning = false;
  #failures = 0;
  #closed = false;

  constructor(
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
    const { target } = this;
    const asked = target.authority === undefined ? bySystem(target) : byServer(target, target.authority);
    const answer = await asked.catch((error: Error) => error);
    this.#isRunning = false;
    if (this.#closed) return;
    this.#lookUpIn(answer instanceof Error ? this.#failed(answer) : this.#answered(answer));
  }

  /** Returns milliseconds until the next look-up, as `#failed` does. */
  #answered({ addresses, ttlMs }: DnsAnswer): number {
    const { minIntervalMs, intervalMs } = this.settings;
    if (this.#failures > 0) this.logger.log(`${this.target.host} has addresses again`);
    this.#failures = 0;
    this.list.set(addresses.map((address) => ({ id: address, address })));
    return Math.max(minIntervalMs, Math.min(ttlMs, intervalMs));
  }

  #failed(error: Error): number {
    const { minIntervalMs, intervalMs } = this.settings;
    if (this.#failures++ === 0) {
      const { service, current } = this.list;
      this.logger.warn(
        `${service}: no addresses for ${this.target.host} (${error}), keeping the ${current.length} known`,
      );
    }
    return minIntervalMs + fullJitter({ baseMs: minIntervalMs, maxMs: intervalMs }, this.#failures);
  }
}
