import { isDeepStrictEqual } from 'node:util';
import {
  mergeSettings,
  type ResilienceChange,
  type ResilienceSettings,
} from '../../platform/dynamic/resilience-settings.js';
import type { Instance, ServiceDirectory } from '../discovery/service-directory.js';
import type { OnCircuitChange } from './circuit.js';
import { type Guard, OutboundBreaker } from './guard.js';
import { ResilienceEvents } from './resilience-events.js';
import { ResiliencePolicy } from './resilience-policy.js';

export class Resilience {
  readonly events = new ResilienceEvents();
  readonly #policies = new Map<string, ResiliencePolicy>();
  readonly #breakers = new Map<string, OutboundBreaker>();
  readonly #unwatch: (() => void)[] = [];
  readonly #changes = new Map<string, ResilienceChange>();
  #change: ResilienceChange = {};

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly configured: ResilienceChange = {},
  ) {}

  get policies(): readonly ResiliencePolicy[] {
    return [...this.#policies.values()];
  }

  get guards(): readonly Guard[] {
    return [...this.#policies.values(), ...this.#breakers.values()];
  }

  /** `isReachable` of the first call applies. */
  policy(service: string, isReachable?: (instance: Instance) => boolean): ResiliencePolicy {
    return this.#policies.getOrInsertComputed(service, () => this.#createPolicy(service, isReachable));
  }

  breaker(name: string): OutboundBreaker {
    const onChange: OnCircuitChange = (from, to) => this.events.emit('circuit', { name, from, to });
    return this.#breakers.getOrInsertComputed(name, () => new OutboundBreaker(name, this.settings(name), onChange));
  }

  settings(name: string): ResilienceSettings {
    return mergeSettings(this.configured, this.#change, this.#changes.get(name) ?? {});
  }

  /** Replaces the previous change, of all or one name. Throws a ZodError, without any change, when invalid. */
  update(change: ResilienceChange, name?: string): void {
    mergeSettings(change);
    const former = this.guards.map((guard) => this.settings(guard.name));
    if (name === undefined) this.#change = change;
    else this.#changes.set(name, change);
    for (const [index, guard] of this.guards.entries()) {
      const settings = this.settings(guard.name);
      if (isDeepStrictEqual(settings, former[index])) continue;
      guard.update(settings);
      this.events.emit('settings', { name: guard.name, settings });
    }
  }

  close(): void {
    for (const unwatch of this.#unwatch) unwatch();
    for (const { circuit } of this.guards) circuit.close();
  }

  #createPolicy(service: string, isReachable?: (instance: Instance) => boolean): ResiliencePolicy {
    const { events, directory } = this;
    const onOutage = () => directory.refresh(service);
    const policy = new ResiliencePolicy(service, this.settings(service), { events, isReachable, onOutage });
    this.#unwatch.push(
      directory.watch(service, (instances) => {
        policy.balancer.update(instances);
        events.emit('instances', { service, addresses: instances.map(({ address }) => address) });
      }),
    );
    return policy;
  }
}
