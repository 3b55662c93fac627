import { isDeepStrictEqual } from 'node:util';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  mergeSettings,
  type ResilienceChange,
  type ResilienceSettings,
} from '../../platform/dynamic/resilience-settings.js';
import type { ServiceDirectory } from '../discovery/service-directory.js';
import { type Guard, OutboundBreaker, type ResilienceLogger } from './guard.js';
import { type Connections, ResiliencePolicy } from './resilience-policy.js';

export class Resilience implements OnApplicationShutdown {
  readonly #policies = new Map<string, ResiliencePolicy>();
  readonly #breakers = new Map<string, OutboundBreaker>();
  readonly #changes = new Map<string, ResilienceChange>();
  #change: ResilienceChange = {};

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly configured: ResilienceChange = {},
    private readonly logger: ResilienceLogger = new Logger('Remote'),
  ) {}

  get policies(): readonly ResiliencePolicy[] {
    return [...this.#policies.values()];
  }

  get guards(): readonly Guard[] {
    return [...this.#policies.values(), ...this.#breakers.values()];
  }

  /** `connections` of the first call apply. */
  policy(service: string, connections: Connections): ResiliencePolicy {
    const { directory, logger } = this;
    const create = () => new ResiliencePolicy(service, this.settings(service), { directory, connections, logger });
    return this.#policies.getOrInsertComputed(service, create);
  }

  breaker(name: string): OutboundBreaker {
    const create = () => new OutboundBreaker(name, this.settings(name), this.logger);
    return this.#breakers.getOrInsertComputed(name, create);
  }

  settings(name: string): ResilienceSettings {
    return mergeSettings(this.configured, this.#change, this.#changes.get(name) ?? {});
  }

  /** Replaces the previous change, of all or one name. Throws a ZodError, without any change, when invalid. */
  update(change: ResilienceChange, name?: string): void {
    mergeSettings(change);
    if (name === undefined) this.#change = change;
    else this.#changes.set(name, change);
    for (const guard of this.guards) {
      const settings = this.settings(guard.name);
      if (isDeepStrictEqual(settings, guard.settings)) continue;
      guard.update(settings);
      this.logger.log(`${guard.name}: new resilience settings`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    for (const { circuit } of this.guards) circuit.close();
    await this.directory.close();
  }
}
