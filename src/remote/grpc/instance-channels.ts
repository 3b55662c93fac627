import type { Instance } from '../discovery/service-directory.js';
import type { Connections } from '../resilience/resilience-policy.js';
import type { ChannelSecurity } from './channel-security.js';
import { InstanceConnection } from './instance-connection.js';

export class InstanceChannels implements Connections {
  readonly #connections = new Map<string, InstanceConnection>();

  constructor(
    private readonly service: string,
    private readonly security: ChannelSecurity,
  ) {}

  of({ address }: Instance): InstanceConnection {
    const known = this.#connections.get(address);
    if (known) return known;
    const connection = new InstanceConnection(this.service, address, this.security);
    this.#connections.set(address, connection);
    return connection;
  }

  isReachable({ address }: Instance): boolean {
    return this.#connections.get(address)?.isReachable() ?? true;
  }

  keep(instances: readonly Instance[]): void {
    const kept = new Set(instances.map(({ address }) => address));
    for (const [address, connection] of this.#connections) {
      if (kept.has(address)) continue;
      connection.close();
      this.#connections.delete(address);
    }
  }
}
