import { Logger } from '@nestjs/common';
import { type GrpcTarget, parseGrpcTarget } from '../../platform/config/grpc-target.js';
import { type DnsSettings, DnsWatch } from './dns-watch.js';
import { KnownInstances } from './known-instances.js';
import { type InstancesListener, ServiceDirectory } from './service-directory.js';

interface Entry {
  readonly known: KnownInstances;
  readonly dns?: DnsWatch;
}

const defaults: DnsSettings = { intervalMs: 5_000, minIntervalMs: 1_000 };

/** Services at configured addresses. Of these only `dns:` names change. */
export class StaticServiceDirectory extends ServiceDirectory {
  readonly #targets: ReadonlyMap<string, GrpcTarget>;
  readonly #entries = new Map<string, Entry>();

  /** `addresses`: by service, what `parseGrpcTarget` reads; throws its TypeError. */
  constructor(
    addresses: Readonly<Record<string, string>>,
    private readonly dns: DnsSettings = defaults,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Discovery'),
  ) {
    super();
    this.#targets = new Map(Object.entries(addresses).map(([service, text]) => [service, parseGrpcTarget(text)]));
  }

  override watch(service: string, listener: InstancesListener): () => void {
    return this.#entry(service).known.listen(listener);
  }

  override refresh(service: string): void {
    this.#entry(service).dns?.refresh();
  }

  override async close(): Promise<void> {
    for (const { known, dns } of this.#entries.values()) {
      dns?.close();
      known.close();
    }
  }

  #entry(service: string): Entry {
    let entry = this.#entries.get(service);
    if (!entry) {
      entry = this.#open(service, this.#targets.get(service));
      this.#entries.set(service, entry);
    }
    return entry;
  }

  #open(service: string, target: GrpcTarget | undefined): Entry {
    const known = new KnownInstances();
    if (target?.kind === 'dns') return { known, dns: new DnsWatch(service, target, known, this.dns, this.logger) };
    known.tell((target?.addresses ?? []).map((address) => ({ id: address, address })));
    return { known };
  }
}
