import { Logger } from '@nestjs/common';
import type Consul from 'consul';
import { z } from 'zod';
import { endpoint } from '../../platform/config/host.js';
import {
  type BlockingQuery,
  ConsulWatch,
  type WatchSettings,
  watchDefaults,
} from '../../platform/consul/consul-watch.js';
import { KnownInstances } from './known-instances.js';
import { type Instance, type InstancesListener, ServiceDirectory } from './service-directory.js';

const healthEntries = z.array(
  z.object({
    Node: z.object({ Address: z.string() }),
    Service: z.object({ ID: z.string(), Address: z.string(), Port: z.int(), CreateIndex: z.int() }),
  }),
);

/** Two at one address are an old process and the one that took its place. */
function toInstances(body: unknown): readonly Instance[] {
  const byAge = healthEntries.parse(body).sort((one, other) => one.Service.CreateIndex - other.Service.CreateIndex);
  const latest = new Map<string, Instance>();
  for (const { Node, Service } of byAge) {
    const address = endpoint(Service.Address || Node.Address, Service.Port);
    latest.set(address, { id: Service.ID, address });
  }
  return [...latest.values()];
}

export interface ConsulDirectorySettings extends WatchSettings {
  /**
   * How long the last instances are believed when Consul knows none any more: after its restart every check is critical
   * until it has run, and registrations may be lost until they are made again.
   */
  readonly emptyGraceMs: number;
}

const defaults: ConsulDirectorySettings = { ...watchDefaults, emptyGraceMs: 30_000 };

class WatchedService {
  readonly known = new KnownInstances();
  readonly #watch: ConsulWatch;
  #emptied: NodeJS.Timeout | undefined;

  constructor(
    service: string,
    query: (options: BlockingQuery) => Promise<unknown>,
    private readonly settings: ConsulDirectorySettings,
    logger: Pick<Logger, 'warn' | 'log'>,
  ) {
    this.#watch = new ConsulWatch(service, query, (body) => this.#answered(toInstances(body)), logger, settings);
  }

  close(): Promise<void> {
    clearTimeout(this.#emptied);
    this.known.close();
    return this.#watch.close();
  }

  #answered(instances: readonly Instance[]): void {
    if (instances.length === 0 && this.known.current.length > 0) {
      this.#emptied ??= setTimeout(() => this.known.tell([]), this.settings.emptyGraceMs).unref();
      return;
    }
    clearTimeout(this.#emptied);
    this.#emptied = undefined;
    this.known.tell(instances);
  }
}

/** The instances whose checks pass, by blocking queries. */
export class ConsulServiceDirectory extends ServiceDirectory {
  readonly #services = new Map<string, WatchedService>();

  constructor(
    private readonly consul: Consul,
    private readonly settings: ConsulDirectorySettings = defaults,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Discovery'),
  ) {
    super();
  }

  override watch(service: string, listener: InstancesListener): () => void {
    return this.#watched(service).known.listen(listener);
  }

  /** Consul tells changes by itself. */
  override refresh(): void {}

  override async close(): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.close()));
  }

  #watched(service: string): WatchedService {
    let watched = this.#services.get(service);
    if (!watched) {
      const query = (options: BlockingQuery) => this.consul.health.service({ ...options, service, passing: true });
      watched = new WatchedService(service, query, this.settings, this.logger);
      this.#services.set(service, watched);
    }
    return watched;
  }
}
