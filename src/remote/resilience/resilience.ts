import { isDeepStrictEqual } from 'node:util';
import {
  mergeSettings,
  type ResilienceChange,
  type ResilienceSettings,
} from '../../platform/dynamic/resilience-settings.js';
import type { Instance, ServiceDirectory } from '../discovery/service-directory.js';
import { Balancer } from './balancer.js';
import { Bulkhead } from './bulkhead.js';
import { Circuit } from './circuit.js';
import { Ejections } from './ejections.js';
import { OutboundBreaker } from './outbound-breaker.js';
import { ResilienceEvents } from './resilience-events.js';
import { ResiliencePolicy } from './resilience-policy.js';
import { RetryBudget } from './retry-budget.js';

/** What stands between this process and each one it calls, by name. */
export class Resilience {
  readonly events = new ResilienceEvents();
  readonly #policies = new Map<string, ResiliencePolicy>();
  readonly #breakers = new Map<string, OutboundBreaker>();
  readonly #watches: (() => void)[] = [];
  readonly #changes = new Map<string, ResilienceChange>();
  #change: ResilienceChange = {};

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly configured: ResilienceChange = {},
  ) {}

  get policies(): readonly ResiliencePolicy[] {
    return [...this.#policies.values()];
  }

  get breakers(): readonly OutboundBreaker[] {
    return [...this.#breakers.values()];
  }

  get circuits(): readonly Circuit[] {
    return [...this.policies, ...this.breakers].map(({ circuit }) => circuit);
  }

  /** Of a remote service; looks for its instances from now on. `isReachable`: is there a connection, as of the first call. */
  policy(service: string, isReachable?: (instance: Instance) => boolean): ResiliencePolicy {
    const known = this.#policies.get(service);
    if (known) return known;
    const policy = this.#createPolicy(service, isReachable);
    this.#policies.set(service, policy);
    this.#watches.push(this.directory.watch(service, (instances) => this.#found(policy, instances)));
    return policy;
  }

  /** Of an outbound dependency. */
  breaker(name: string): OutboundBreaker {
    let breaker = this.#breakers.get(name);
    if (!breaker) {
      const settings = this.settings(name);
      breaker = new OutboundBreaker(settings, this.#circuit(name, settings), new Bulkhead(name, settings.concurrency));
      this.#breakers.set(name, breaker);
    }
    return breaker;
  }

  settings(name: string): ResilienceSettings {
    return mergeSettings(this.configured, this.#change, this.#changes.get(name) ?? {});
  }

  /**
   * In place of the former change, of all or of one name: what it leaves out is as configured again.
   * Throws a ZodError, and changes nothing, where a value is not valid.
   */
  update(change: ResilienceChange, name?: string): void {
    mergeSettings(change);
    const guards = [...this.#policies, ...this.#breakers].map(([known, guard]) => {
      return { name: known, guard, former: this.settings(known) };
    });
    if (name === undefined) this.#change = change;
    else this.#changes.set(name, change);
    for (const { name: known, guard, former } of guards) {
      const settings = this.settings(known);
      if (isDeepStrictEqual(settings, former)) continue;
      guard.update(settings);
      this.events.emit('settings', { name: known, settings });
    }
  }

  /** The directory stays open: it is not ours. */
  close(): void {
    for (const stop of this.#watches) stop();
    for (const circuit of this.circuits) circuit.close();
  }

  #createPolicy(service: string, isReachable?: (instance: Instance) => boolean): ResiliencePolicy {
    const settings = this.settings(service);
    const ejections = new Ejections(settings.ejection, {
      ejected: ({ instance: { address } }, forMs) => this.events.emit('ejected', { service, address, forMs }),
      returned: ({ instance: { address } }) => this.events.emit('returned', { service, address }),
    });
    return new ResiliencePolicy(service, settings, {
      circuit: this.#circuit(service, settings),
      bulkhead: new Bulkhead(service, settings.concurrency),
      budget: new RetryBudget(settings.budget),
      ejections,
      balancer: new Balancer(ejections, isReachable),
      onOutage: () => this.directory.refresh(service),
    });
  }

  #circuit(name: string, { breaker }: ResilienceSettings): Circuit {
    return new Circuit(name, breaker, ({ state }, from) => this.events.emit('circuit', { name, from, to: state }));
  }

  #found(policy: ResiliencePolicy, instances: readonly Instance[]): void {
    policy.setInstances(instances);
    const addresses = instances.map(({ address }) => address);
    this.events.emit('instances', { service: policy.service, addresses });
  }
}
