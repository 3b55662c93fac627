import { EmailAddress } from './email-address.js';

export type Role = 'USER' | 'ADMIN';

/** PENDING: the address is reserved, the profile may not exist. CLOSED: the profile may still exist. */
export type AccountStatus = 'PENDING' | 'ACTIVE' | 'CLOSED';

export interface AccountState {
  readonly userId: string;
  readonly tenantId: string;
  readonly email: EmailAddress;
  /** Version of the address in the profile; 0 at registration. */
  readonly emailVersion: number;
  readonly passwordHash: string;
  readonly role: Role;
  readonly status: AccountStatus;
  readonly disabled: boolean;
  /** The latest registration attempt; only that one may complete. */
  readonly attemptId: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type Attempt = Pick<AccountState, 'passwordHash' | 'role'> & { readonly attemptId: string };

export class Account implements AccountState {
  readonly userId: string;
  readonly tenantId: string;
  readonly email: EmailAddress;
  readonly emailVersion: number;
  readonly passwordHash: string;
  readonly role: Role;
  readonly status: AccountStatus;
  readonly disabled: boolean;
  readonly attemptId: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;

  constructor(state: AccountState) {
    this.userId = state.userId;
    this.tenantId = state.tenantId;
    this.email = state.email;
    this.emailVersion = state.emailVersion;
    this.passwordHash = state.passwordHash;
    this.role = state.role;
    this.status = state.status;
    this.disabled = state.disabled;
    this.attemptId = state.attemptId;
    this.createdAt = state.createdAt;
    this.updatedAt = state.updatedAt;
  }

  static reserve({
    now,
    ...given
  }: Attempt & Pick<AccountState, 'userId' | 'tenantId' | 'email'> & { readonly now: Date }): Account {
    return new Account({
      ...given,
      emailVersion: 0,
      status: 'PENDING',
      disabled: false,
      createdAt: now,
      updatedAt: now,
    });
  }

  get isActive(): boolean {
    return this.status === 'ACTIVE';
  }

  get isAdministrator(): boolean {
    return this.isActive && !this.disabled && this.role === 'ADMIN';
  }

  /** A later attempt replaces everything of an earlier one, password and role included. */
  takeOver({ attemptId, passwordHash, role }: Attempt, now: Date): Account {
    return this.#reserved({ attemptId, passwordHash, role, updatedAt: now });
  }

  isReservedBy(attemptId: string | undefined): boolean {
    return this.status === 'PENDING' && this.attemptId === attemptId;
  }

  activate(now: Date): Account {
    return this.#reserved({ status: 'ACTIVE', attemptId: undefined, updatedAt: now });
  }

  isBehind(emailVersion: number): boolean {
    return this.status !== 'CLOSED' && this.emailVersion < emailVersion;
  }

  changeEmail(email: EmailAddress, emailVersion: number, now: Date): Account {
    return new Account({ ...this, email, emailVersion, updatedAt: now });
  }

  changePasswordHash(passwordHash: string, now: Date): Account {
    return new Account({ ...this, passwordHash, updatedAt: now });
  }

  changeRole(role: Role, now: Date): Account {
    return role === this.role ? this : new Account({ ...this, role, updatedAt: now });
  }

  disable(now: Date): Account {
    return this.disabled ? this : new Account({ ...this, disabled: true, updatedAt: now });
  }

  enable(now: Date): Account {
    return this.disabled ? new Account({ ...this, disabled: false, updatedAt: now }) : this;
  }

  /** Frees the address. The row stays until the profile is deleted. */
  close(now: Date): Account {
    const email = EmailAddress.released(this.userId);
    return new Account({ ...this, email, passwordHash: '', status: 'CLOSED', attemptId: undefined, updatedAt: now });
  }

  #reserved(changes: Partial<AccountState>): Account {
    if (this.status !== 'PENDING') throw new Error(`the account is ${this.status}, not PENDING`);
    return new Account({ ...this, ...changes });
  }
}
