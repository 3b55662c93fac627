import type { Client } from '../../src/client/client.js';
import { type ClientOptions, createClient } from '../../src/client/create-client.js';
import { ListAccounts, Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { addressesOf, forEachPart, gateway, parts } from '../support/parts.js';
import { type Environment, freePlace, Instance, type Place } from './instance.js';

/** In the order in which they start. */
const processes = [...parts, gateway];

export const administrator = { email: 'administrator@example.com', password: 'correct horse battery' };

/** Milliseconds: the deadline of every request, where some miss it. */
export const deadlineMs = 4_000;

/** Milliseconds: the same where none may, on a machine that stalls now and then. */
export const longDeadlineMs = 10_000;

/** Milliseconds after which a client stops waiting: a call that takes this long got no answer. */
export const clientTimeoutMs = 30_000;

export interface TopologyOptions {
  /** How many processes of each; one when absent. */
  readonly counts?: Readonly<Partial<Record<string, number>>>;
  readonly environment?: Environment;
  /** Gives the address at which others reach an instance of a service, where that is not its own. */
  readonly wireTo?: (service: string, address: string) => Promise<string>;
  /** Gives the URL by which a service reaches its database, where that is not its own. */
  readonly wireToDatabase?: (service: string, url: string) => Promise<string>;
}

/** Puts what `wireTo` makes before the user-service, or between it and its database. */
export const wiredWays = (
  wireTo: (address: string) => Promise<string>,
): readonly { readonly where: string; readonly options: TopologyOptions }[] => [
  {
    where: 'between gateway and service',
    options: { wireTo: async (service, address) => (service === 'user-service' ? wireTo(address) : address) },
  },
  {
    where: 'between service and database',
    options: {
      wireToDatabase: async (service, text) => {
        const url = new URL(text);
        if (service === 'user-service') url.host = await wireTo(url.host);
        return url.href;
      },
    },
  },
];

/** Gateways and services as processes of the operating system, the instances of a service on one database. */
export class Topology {
  readonly #clients: Client[] = [];

  private constructor(
    private readonly instances: Readonly<Record<string, readonly Instance[]>>,
    private readonly drop: () => Promise<void>,
  ) {}

  static async start(options: TopologyOptions = {}): Promise<Topology> {
    const databases = await forEachPart(() => testDatabase());
    const urls = await forEachPart((service) => databases[service]?.url ?? '');
    const topology = new Topology(await layOut(options, urls), async () => {
      await Promise.all(Object.values(databases).map((database) => database.drop()));
    });
    try {
      await topology.#start();
      return topology;
    } catch (error) {
      await topology.stop();
      throw error;
    }
  }

  of(part: string): readonly [Instance, ...Instance[]] {
    return this.instances[part] as [Instance, ...Instance[]];
  }

  /** A client that is closed when this stops; of the gateway where no URL says otherwise. */
  connect(options: Partial<ClientOptions> = {}): Client {
    const url = this.of(gateway)[0].place.http;
    const client = createClient({ protocol: 'rest', url, timeoutMs: clientTimeoutMs, ...options });
    this.#clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await Promise.all(processes.flatMap((part) => this.of(part).map((instance) => instance.remove())));
    await this.drop();
  }

  async #start(): Promise<void> {
    // auth makes its administrator when it starts, for which it needs users
    for (const part of processes) await Promise.all(this.of(part).map((instance) => instance.start()));
    await eventually(() => this.#reachesAll());
  }

  /** A gateway that was there before its services finds them a moment later. */
  async #reachesAll(): Promise<void> {
    for (const { place } of this.of(gateway)) {
      const { token } = await this.connect({ url: place.http }).execute(new Login(administrator));
      const client = this.connect({ url: place.http, token });
      await client.execute(new GetMe());
      await client.execute(new ListAccounts({}));
    }
  }
}

const shared: Environment = {
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  JWT_SECRET: 'a secret of the fault tests, long enough for it',
  BOOTSTRAP_ADMIN_EMAIL: administrator.email,
  BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
  RATE_LIMITS: 'off',
  REQUEST_DEADLINE_MS: `${deadlineMs}`,
  SHUTDOWN_DELAY_MS: '500',
  // the machine of the tests may stall
  SHED_EVENT_LOOP_DELAY_MS: '0',
};

type ByService<T> = Readonly<Record<string, T>>;

async function layOut(options: TopologyOptions, databases: ByService<string>): Promise<ByService<readonly Instance[]>> {
  const { counts = {}, environment = {} } = options;
  const layers = processes.map(async (part) => {
    const places = await Promise.all(Array.from({ length: counts[part] ?? 1 }, freePlace));
    return [part, places] as const;
  });
  const places = Object.fromEntries(await Promise.all(layers));
  const known = { ...shared, ...(await addresses(options, places)), ...environment };
  const instances = processes.map(async (part) => {
    const own = { SERVICE_NAME: part, ...(await databaseOf(options, databases, part)) };
    return [part, (places[part] ?? []).map((place) => new Instance(place, { ...known, ...own }))] as const;
  });
  return Object.fromEntries(await Promise.all(instances));
}

async function addresses({ wireTo }: TopologyOptions, places: ByService<readonly Place[]>): Promise<ByService<string>> {
  const lists = await forEachPart((service) =>
    Promise.all((places[service] ?? []).map(({ grpc }) => wireTo?.(service, grpc) ?? grpc)),
  );
  return addressesOf((service) => (lists[service] ?? []).join(','));
}

async function databaseOf(options: TopologyOptions, databases: ByService<string>, part: string): Promise<Environment> {
  const url = databases[part];
  if (url === undefined) return {};
  return { DATABASE_URL: (await options.wireToDatabase?.(part, url)) ?? url };
}
