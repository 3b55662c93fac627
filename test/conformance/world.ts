import type { Client } from '../../src/client/client.js';
import type { Operation, OutputOf } from '../../src/contract/operation.js';
import { ChangeAccountRole, DisableAccount, Login, Register } from '../../src/modules/auth/contract/index.js';
import { CreateUser, GetMe } from '../../src/modules/users/contract/index.js';
import { createClient } from '../support/create-client.js';
import type { Target } from '../support/target.js';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
}

const password = 'correct horse battery';

/** What the examples start from: an administrator, a member, and more of them as they are needed. */
export class World {
  readonly #remembered = new Map<string, Promise<unknown>>();
  readonly #candidates: string[] = [];

  private constructor(
    private readonly url: string,
    private readonly admin: Client,
    private readonly anyone: Client,
    private readonly administrator: { readonly id: string; readonly token: string },
    /** A user who may sign in; examples leave it as it is. */
    readonly member: Member,
    readonly serviceToken: Target['serviceToken'],
  ) {}

  static async open({ addresses, administrator, serviceToken }: Target): Promise<World> {
    const rest = { protocol: 'rest', url: addresses.http } as const;
    const anyone = createClient(rest);
    const { token } = await anyone.execute(new Login(administrator));
    const admin = createClient({ ...rest, token });
    const { id } = await admin.execute(new GetMe());
    return new World(addresses.http, admin, anyone, { id, token }, await register(anyone), serviceToken);
  }

  get adminId(): string {
    return this.administrator.id;
  }

  get adminToken(): string {
    return this.administrator.token;
  }

  /** An address that nobody has. */
  newEmail(): string {
    return newEmail();
  }

  /** A user without a sign-in. */
  newUser(particulars: { name?: string } = {}): Promise<OutputOf<CreateUser>> {
    return this.admin.execute(new CreateUser({ email: newEmail(), name: 'Ada Lovelace', ...particulars }));
  }

  newMember(): Promise<Member> {
    return register(this.anyone);
  }

  /** A member whom an example may make an administrator, until `dismissAdministrators`. */
  async newCandidate(): Promise<Member> {
    const member = await this.newMember();
    this.#candidates.push(member.id);
    return member;
  }

  /** Leaves no administrator but the one it began with. */
  async dismissAdministrators(): Promise<void> {
    for (const userId of this.#candidates.splice(0))
      await this.admin.execute(new ChangeAccountRole({ userId, role: 'USER' }));
  }

  async newDisabledMember(): Promise<Member> {
    const member = await this.newMember();
    await this.admin.execute(new DisableAccount({ userId: member.id }));
    return member;
  }

  /** Another session of the member. */
  signIn(): Promise<OutputOf<Login>> {
    const { email } = this.member;
    return this.anyone.execute(new Login({ email, password }));
  }

  /** One call as the bearer of `token`. */
  async execute<M extends Operation>(message: M, token: string): Promise<OutputOf<M>> {
    const client = createClient({ protocol: 'rest', url: this.url, token });
    try {
      return await client.execute(message);
    } finally {
      await client.close();
    }
  }

  /** Attempts that fail; how they do does not matter. */
  async failToSignIn(email: string, times: number): Promise<void> {
    for (let attempt = 0; attempt < times; attempt++) {
      await this.anyone.execute(new Login({ email, password: 'not the password' })).catch(() => undefined);
    }
  }

  /** Made once, for examples that only look at it. */
  once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.#remembered.get(name) ?? make();
    this.#remembered.set(name, known);
    return known as Promise<T>;
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.close(), this.anyone.close()]);
  }
}

const newEmail = (): string => `user-${crypto.randomUUID()}@example.com`;

async function register(client: Client): Promise<Member> {
  const email = newEmail();
  const { user, token, refreshToken } = await client.execute(new Register({ email, password, name: 'Grace Hopper' }));
  return { id: user.id, email, password, token, refreshToken };
}
