import type { ResilienceSettings } from '../../platform/dynamic/resilience-settings.js';
import type { Instance } from '../discovery/service-directory.js';
import { Balancer } from './balancer.js';
import { Guard } from './guard.js';
import { isOutage, verdict } from './outage.js';
import type { ResilienceEvents } from './resilience-events.js';
import { type RemoteCall, RetriedCall, type RetryParts, type SendTo } from './retried-call.js';
import { RetryBudget } from './retry-budget.js';

export interface PolicyOptions {
  readonly events: ResilienceEvents;
  readonly isReachable?: ((instance: Instance) => boolean) | undefined;
  onOutage(): void;
}

export class ResiliencePolicy extends Guard implements RetryParts {
  readonly counts = { calls: 0, retries: 0, retriesRefused: 0, givenUp: 0 };
  readonly budget: RetryBudget;
  readonly balancer: Balancer;

  constructor(
    name: string,
    settings: ResilienceSettings,
    private readonly options: PolicyOptions,
  ) {
    const { events, isReachable } = options;
    super(name, settings, (from, to) => events.emit('circuit', { name, from, to }));
    this.budget = new RetryBudget(settings.budget);
    this.balancer = new Balancer(settings.ejection, {
      isReachable,
      onEjected: ({ address }, forMs) => events.emit('ejected', { service: name, address, forMs }),
      onReturned: ({ address }) => events.emit('returned', { service: name, address }),
    });
  }

  get instances(): { readonly known: number; readonly ejected: number } {
    const { candidates } = this.balancer;
    return { known: candidates.length, ejected: candidates.filter(({ isEjected }) => isEjected).length };
  }

  /** Rejects with the last failure of `send`, with what ended the call, or with a final ServiceUnavailable. */
  async execute<T>(call: RemoteCall, send: SendTo<T>): Promise<T> {
    const { timeoutMs, fairMs } = this.settings;
    const startedAt = performance.now();
    const deadline = Math.min(call.lifetime.deadline, startedAt + timeoutMs);
    try {
      return await this.guarded(
        () => new RetriedCall(this, call, deadline, send).run(),
        (error) => verdict(error, performance.now() - startedAt, fairMs),
      );
    } catch (error) {
      if (isOutage(error)) error.retry = 'never';
      throw error;
    }
  }

  onOutage(): void {
    this.options.onOutage();
  }

  override update(settings: ResilienceSettings): void {
    super.update(settings);
    this.budget.settings = settings.budget;
    this.balancer.settings = settings.ejection;
  }
}
