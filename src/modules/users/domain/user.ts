import type { EmailAddress } from './email-address.js';
import type { PersonName } from './person-name.js';

export interface UserState {
  readonly id: string;
  readonly tenantId: string;
  readonly email: EmailAddress;
  readonly emailVersion: number;
  /** The account may still have an older address. */
  readonly accountBehind: boolean;
  readonly name: PersonName | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export class User implements UserState {
  readonly id: string;
  readonly tenantId: string;
  readonly email: EmailAddress;
  readonly emailVersion: number;
  readonly accountBehind: boolean;
  readonly name: PersonName | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;

  constructor(state: UserState) {
    this.id = state.id;
    this.tenantId = state.tenantId;
    this.email = state.email;
    this.emailVersion = state.emailVersion;
    this.accountBehind = state.accountBehind;
    this.name = state.name;
    this.createdAt = state.createdAt;
    this.updatedAt = state.updatedAt;
  }

  static create({
    now,
    ...given
  }: Pick<UserState, 'id' | 'tenantId' | 'email' | 'name'> & { readonly now: Date }): User {
    return new User({ ...given, emailVersion: 0, accountBehind: false, createdAt: now, updatedAt: now });
  }

  changeEmail(email: EmailAddress, now: Date): User {
    if (email.equals(this.email)) return this;
    return new User({ ...this, email, emailVersion: this.emailVersion + 1, accountBehind: true, updatedAt: now });
  }

  rename(name: PersonName, now: Date): User {
    return name.equals(this.name) ? this : new User({ ...this, name, updatedAt: now });
  }

  clearName(now: Date): User {
    return this.name === undefined ? this : new User({ ...this, name: undefined, updatedAt: now });
  }
}
