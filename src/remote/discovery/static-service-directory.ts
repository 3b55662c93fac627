import { Logger } from '@nestjs/common';
import { type GrpcTarget, parseGrpcTarget } from '../../platform/config/grpc-target.js';
import { type DnsSettings, DnsSource, dnsDefaults } from './dns-source.js';
import { type InstanceList, type InstanceSource, ServiceDirectory } from './service-directory.js';

/** Only the addresses of `dns:` names change. */
export class StaticServiceDirectory extends ServiceDirectory {
  readonly #targets: ReadonlyMap<string, GrpcTarget>;

  constructor(
    addresses: Readonly<Record<string, string>>,
    private readonly dns: DnsSettings = dnsDefaults,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Discovery'),
  ) {
    super();
    this.#targets = new Map(Object.entries(addresses).map(([service, text]) => [service, parseGrpcTarget(text)]));
  }

  protected override follow(list: InstanceList): InstanceSource | undefined {
    const target = this.#targets.get(list.service);
    if (target?.kind === 'dns') return new DnsSource(target, list, this.dns, this.logger);
    list.set((target?.addresses ?? []).map((address) => ({ id: address, address })));
    return undefined;
  }
}
