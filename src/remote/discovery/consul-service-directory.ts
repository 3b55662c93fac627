import { Logger } from '@nestjs/common';
import type Consul from 'consul';
import { z } from 'zod';
import { endpoint } from '../../platform/config/host.js';
import { type BlockingQuery, ConsulWatch, watchDefaults } from '../../platform/consul/consul-watch.js';
import { type Instance, type InstanceList, type InstanceSource, ServiceDirectory } from './service-directory.js';

const healthEntries = z.array(
  z.object({
    Node: z.object({ Address: z.string() }),
    Service: z.object({ ID: z.string(), Address: z.string(), Port: z.int(), CreateIndex: z.int() }),
  }),
);

/** Of two at one address only the newer is kept: the other one is its predecessor. */
function toInstances(body: unknown): readonly Instance[] {
  const byAge = healthEntries.parse(body).sort((one, other) => one.Service.CreateIndex - other.Service.CreateIndex);
  const latest = new Map<string, Instance>();
  for (const { Node, Service } of byAge) {
    const address = endpoint(Service.Address || Node.Address, Service.Port);
    latest.set(address, { id: Service.ID, address });
  }
  return [...latest.values()];
}

const defaults = {
  ...watchDefaults,
  /** An empty answer is ignored for so long: when Consul starts, every check is critical until it has run. */
  emptyGraceMs: 30_000,
};

export type ConsulDirectorySettings = Readonly<typeof defaults>;

export class ConsulServiceDirectory extends ServiceDirectory {
  constructor(
    private readonly consul: Consul,
    private readonly settings: ConsulDirectorySettings = defaults,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Discovery'),
  ) {
    super();
  }

  protected override follow(list: InstanceList): InstanceSource {
    const { service } = list;
    const query = (options: BlockingQuery) => this.consul.health.service({ ...options, service, passing: true });
    let emptied: NodeJS.Timeout | undefined;
    const answered = (body: unknown) => {
      const instances = toInstances(body);
      if (instances.length === 0 && list.current.length > 0) {
        emptied ??= setTimeout(() => list.set([]), this.settings.emptyGraceMs).unref();
        return;
      }
      clearTimeout(emptied);
      emptied = undefined;
      list.set(instances);
    };
    const watch = new ConsulWatch(service, query, answered, this.logger, this.settings);
    return {
      close: () => {
        clearTimeout(emptied);
        return watch.close();
      },
    };
  }
}
