import { Cancelled, ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { Lifetime } from '../../../src/pipeline/lifetime.js';
import type { ResilienceChange } from '../../../src/platform/dynamic/resilience-settings.js';
import { StaticServiceDirectory } from '../../../src/remote/discovery/static-service-directory.js';
import { Resilience } from '../../../src/remote/resilience/resilience.js';
import type { Connections, SendTo } from '../../../src/remote/resilience/resilience-policy.js';
import { Lines } from '../discovery/lines.js';

const lasting = (ms: number) => new Lifetime(performance.now() + ms, undefined);

type Behaviour = SendTo<string>;

export const serves: Behaviour = async ({ id }) => id;

export const hangs: Behaviour = (_, attempt) => new Promise((_resolve, reject) => attempt.onEnd(reject));

export const fails =
  (make: () => Error = () => new ServiceUnavailable()): Behaviour =>
  async () => {
    throw make();
  };

/** Pauses too short to be noticed. */
const quick: ResilienceChange = {
  timeoutMs: 60_000,
  retry: { baseMs: 1, maxMs: 1, attemptTimeoutMs: 20 },
  fairMs: 0,
};

/** Reach every instance, unless `isReachable` says otherwise. */
export const connections = (isReachable: Connections['isReachable'] = () => true): Connections => ({
  isReachable,
  keep: () => undefined,
});

/** A service on `hosts`, each with the given behaviour. */
export class RemoteService {
  readonly resilience: Resilience;
  readonly log = new Lines();
  readonly asked: string[] = [];
  readonly #behaviours = new Map<string, Behaviour>();

  constructor(hosts: readonly string[], change: ResilienceChange = {}) {
    const addresses = hosts.map((host) => `${host}:50051`);
    const directory = new StaticServiceDirectory(hosts.length > 0 ? { users: addresses.join() } : {});
    const retry = { ...quick.retry, ...change.retry };
    this.resilience = new Resilience(directory, { ...quick, ...change, retry }, this.log);
  }

  get policy() {
    return this.resilience.policy('users', connections());
  }

  on(host: string, behaviour: Behaviour): this {
    this.#behaviours.set(`${host}:50051`, behaviour);
    return this;
  }

  /** Resolves with the instance that answered. */
  call({ isSafe = true, timeoutMs = 60_000, lifetime = lasting(timeoutMs) }: CallOptions = {}): Promise<string> {
    return this.policy.execute({ lifetime, isSafe }, (instance, attempt) => {
      this.asked.push(instance.id.slice(0, -':50051'.length));
      return (this.#behaviours.get(instance.id) ?? serves)(instance, attempt);
    });
  }

  /** The errors, or values, of so many calls one after the other. */
  async calls(times: number, options?: CallOptions): Promise<unknown[]> {
    const results: unknown[] = [];
    for (let time = 0; time < times; time++) results.push(await this.call(options).catch((error: unknown) => error));
    return results;
  }
}

interface CallOptions {
  readonly isSafe?: boolean;
  readonly timeoutMs?: number;
  readonly lifetime?: Lifetime;
}

/** A caller that can go away. */
export function caller() {
  const lifetime = lasting(3_600_000);
  return { lifetime, leave: () => lifetime.end(new Cancelled()) };
}
