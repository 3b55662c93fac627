import type { EmailAddress } from './email-address.js';
import type { PersonName } from './person-name.js';

export interface UserState {
  readonly id: string;
  /** Organization id. */
  readonly tenantId: string;
  readonly email: EmailAddress;
  readonly name: PersonName | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A person known to the product. Immutable: a change gives another one. */
export class User implements UserState {
  readonly id: string;
  readonly tenantId: string;
  readonly email: EmailAddress;
  readonly name: PersonName | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;

  /** From the state it was stored with. */
  constructor(state: UserState) {
    this.id = state.id;
    this.tenantId = state.tenantId;
    this.email = state.email;
    this.name = state.name;
    this.createdAt = state.createdAt;
    this.updatedAt = state.updatedAt;
  }

  static create({ now, ...given }: Omit<UserState, 'createdAt' | 'updatedAt'> & { readonly now: Date }): User {
    return new User({ ...given, createdAt: now, updatedAt: now });
  }

  changeEmail(email: EmailAddress, now: Date): User {
    return email.equals(this.email) ? this : new User({ ...this, email, updatedAt: now });
  }

  rename(name: PersonName, now: Date): User {
    return name.equals(this.name) ? this : new User({ ...this, name, updatedAt: now });
  }

  clearName(now: Date): User {
    return this.name === undefined ? this : new User({ ...this, name: undefined, updatedAt: now });
  }
}
