import type { Client } from '../../src/client/client.js';
import { protocols } from '../../src/contract/operation.js';
import { ListAccounts, Login, RefreshSession, Register } from '../../src/modules/auth/contract/index.js';
import { CreateUser, GetMe, UpdateUser } from '../../src/modules/users/contract/index.js';
import { type Step, WrongAnswer } from './steady-load.js';
import { administrator, type Topology } from './topology.js';

const password = 'correct horse battery';
const newEmail = (): string => `user-${crypto.randomUUID()}@example.com`;

function mustBe(actual: unknown, expected: unknown): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new WrongAnswer(`${one} in place of ${other}`);
}

/** A client of the first gateway; each caller has another protocol, by turns. */
export function clientOf(topology: Topology, caller: number, token: string): Client {
  const { place } = topology.of('api-gateway')[0];
  const protocol = protocols[caller % protocols.length] ?? 'rest';
  const urls = { rest: place.http, graphql: place.http, websocket: place.http, grpc: place.grpc, mqtt: place.mqtt };
  return topology.connect({ protocol, url: urls[protocol], token });
}

export interface Somebody {
  readonly id: string;
  readonly name?: string | undefined;
}

/** A registered user, with the expected answers. */
export class Person {
  readonly #names = new Set(['Ada']);
  #renamings = 0;

  private constructor(
    private client: Client,
    readonly id: string,
    readonly token: string,
    private refreshToken: string,
  ) {}

  static async register(topology: Topology, caller: number): Promise<Person> {
    const registration = new Register({ email: newEmail(), password, name: 'Ada' });
    const { user, token, refreshToken } = await topology.connect().execute(registration);
    return new Person(clientOf(topology, caller, token), user.id, token, refreshToken);
  }

  /** From now on over `client`. */
  use(client: Client): void {
    this.client = client;
  }

  /** A query, of users. */
  get reads(): Step {
    return this.asks('GetMe', () => this.client.execute(new GetMe()));
  }

  /** A command of users without a key: without an answer it is unknown whether it ran. */
  get renames(): Step {
    return this.renamesBy('UpdateUser', (name) =>
      this.client.execute(new UpdateUser({ id: this.id, name, clear: [] })),
    );
  }

  asks(name: string, ask: () => Promise<Somebody>): Step {
    const run = async () => {
      const { id, name: found = '' } = await ask();
      mustBe(id, this.id);
      if (!this.#names.has(found)) throw new WrongAnswer(`the name is ${found}, not ${[...this.#names]}`);
    };
    return { name, run };
  }

  renamesBy(what: string, rename: (name: string) => Promise<Somebody>): Step {
    const run = async () => {
      const name = `Ada ${++this.#renamings}`;
      const [before = '', ...unknown] = this.#names;
      this.#names.add(name);
      const renamed = await rename(name);
      // a renaming whose end is not known may still come to pass
      if (unknown.length === 0) this.#names.delete(before);
      mustBe([renamed.id, renamed.name], [this.id, name]);
    };
    return { name: what, run };
  }

  /** A command, of auth: a refresh token is good for one renewal. */
  readonly renews: Step = {
    name: 'RefreshSession',
    run: async () => {
      const { refreshToken } = await this.client.execute(new RefreshSession({ refreshToken: this.refreshToken }));
      this.refreshToken = refreshToken;
    },
  };
}

/** The platform administrator, who keeps a ledger of what was created. */
export class Administrator {
  /** The ids that were acknowledged, by email address. */
  readonly created = new Map<string, string>();

  private constructor(
    private readonly topology: Topology,
    readonly token: string,
  ) {}

  static async logIn(topology: Topology): Promise<Administrator> {
    const { token } = await topology.connect().execute(new Login(administrator));
    return new Administrator(topology, token);
  }

  /** A command with a key, of users. */
  creates(caller: number): Step {
    const client = clientOf(this.topology, caller, this.token);
    return {
      name: 'CreateUser',
      run: async () => {
        const email = newEmail();
        const user = await client.execute(new CreateUser({ email }), { idempotencyKey: crypto.randomUUID() });
        mustBe(user.email, email);
        this.created.set(email, user.id);
      },
    };
  }

  /** A query, of auth. */
  listsAccounts(caller: number): Step {
    const client = clientOf(this.topology, caller, this.token);
    return {
      name: 'ListAccounts',
      run: async () => mustBe((await client.execute(new ListAccounts({ limit: 1 }))).items.length, 1),
    };
  }
}
