import { Injectable } from '@nestjs/common';
import { Failure } from '../../../contract/failure.js';
import type { FailureKind } from '../../../contract/failure-table.js';
import type { OutputOf } from '../../../contract/operation.js';
import { newId } from '../../../contract/values.js';
import { Bus } from '../../../ports/bus.js';
import { Clock } from '../../../ports/clock.js';
import { CurrentCall } from '../../../ports/current-call.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { CreateUserProfile } from '../../users/contract/index.js';
import { EmailTaken } from '../contract/index.js';
import { Account, type Attempt, type Role } from '../domain/account.js';
import { EmailAddress } from '../domain/email-address.js';
import { Accounts } from './accounts.js';
import { NewPasswords } from './new-passwords.js';

export interface RegistrationRequest {
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly role: Role;
}

export interface Registered {
  readonly account: Account;
  readonly user: OutputOf<CreateUserProfile>;
}

interface Reservation {
  readonly account: Account;
  /** Not made by an earlier attempt. */
  readonly isNew: boolean;
}

/** The profile was not created and will not be; after any other failure it may exist. */
const refusals: ReadonlySet<FailureKind> = new Set(['invalid_argument', 'permission_denied', 'failed_precondition']);
const isRefusal = (error: unknown): boolean => error instanceof Failure && refusals.has(error.kind);

/** Reserves the address, creates the profile, activates the account. After a crash a later attempt continues. */
@Injectable()
export class Registration {
  constructor(
    private readonly accounts: Accounts,
    private readonly newPasswords: NewPasswords,
    private readonly bus: Bus,
    private readonly unitOfWork: UnitOfWork,
    private readonly call: CurrentCall,
    private readonly clock: Clock,
  ) {}

  /** Throws WeakPassword, EmailTaken. */
  async register({ email, password, name, role }: RegistrationRequest): Promise<Registered> {
    const passwordHash = await this.newPasswords.hash(password);
    const { account, isNew } = await this.#reserve(EmailAddress.of(email), { attemptId: newId(), passwordHash, role });
    try {
      return await this.#complete(account, name);
    } catch (error) {
      // An older reservation may have a profile.
      if (isNew && isRefusal(error)) await this.#release(account.userId, account.attemptId);
      throw error;
    }
  }

  /** Completes an abandoned reservation; as USER if there is an administrator by now. Throws EmailTaken. */
  async resume({ userId, attemptId, passwordHash, role }: Account): Promise<void> {
    const account = await this.unitOfWork.run(async () => {
      const current = await this.accounts.lock(userId);
      if (!current?.isReservedBy(attemptId)) return undefined;
      const isLate = role === 'ADMIN' && (await this.accounts.hasAdministrator());
      return this.#takeOver(current, { attemptId: newId(), passwordHash, role: isLate ? 'USER' : role });
    });
    if (account) await this.#complete(account);
  }

  #reserve(email: EmailAddress, attempt: Attempt): Promise<Reservation> {
    return this.unitOfWork.run(async () => {
      const known = await this.accounts.lockByEmail(email);
      if (known) return { account: await this.#takeOver(known, attempt), isNew: false };
      const { tenant: tenantId } = this.call;
      const account = Account.reserve({ ...attempt, userId: newId(), tenantId, email, now: this.clock.now() });
      if (!(await this.accounts.add(account))) throw new EmailTaken();
      return { account, isNew: true };
    });
  }

  async #takeOver(account: Account, attempt: Attempt): Promise<Account> {
    if (account.status !== 'PENDING') throw new EmailTaken();
    const taken = account.takeOver(attempt, this.clock.now());
    await this.accounts.save(taken);
    return taken;
  }

  async #complete(account: Account, name?: string): Promise<Registered> {
    const user = await this.#createProfile(account, name);
    return { user, account: await this.#activate(account) };
  }

  /** Keyed by attempt, since a later one may bring another name; the user id makes the command repeatable. */
  async #createProfile({ userId, email, attemptId }: Account, name?: string): Promise<Registered['user']> {
    try {
      return await this.bus.asService.execute(new CreateUserProfile({ userId, email: email.value, name }), {
        ...(attemptId !== undefined && { idempotencyKey: attemptId }),
      });
    } catch (error) {
      if (error instanceof EmailTaken) await this.#release(userId, attemptId);
      throw error;
    }
  }

  #activate({ userId, attemptId }: Account): Promise<Account> {
    return this.unitOfWork.run(async () => {
      const current = await this.accounts.lock(userId);
      if (!current?.isReservedBy(attemptId)) throw new EmailTaken();
      const active = current.activate(this.clock.now());
      await this.accounts.save(active);
      return active;
    });
  }

  #release(userId: string, attemptId: string | undefined): Promise<void> {
    return this.unitOfWork.run(async () => {
      const current = await this.accounts.lock(userId);
      if (current?.isReservedBy(attemptId)) await this.accounts.remove(userId);
    });
  }
}
