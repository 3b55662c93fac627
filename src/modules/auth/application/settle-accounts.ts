import { Injectable } from '@nestjs/common';
import { Bus } from '../../../ports/bus.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { DeleteUser, UserNotFound } from '../../users/contract/index.js';
import { EmailTaken } from '../contract/index.js';
import type { Account } from '../domain/account.js';
import { Accounts } from './accounts.js';
import { Registration } from './registration.js';

/** Longer than any running registration or deletion takes. */
const LEFT_BEHIND_MS = 60_000;
const BATCH = 100;

/** Completes what a crash interrupted: an unfinished account would keep its address for ever. */
@Injectable()
export class SettleAccounts {
  constructor(
    private readonly accounts: Accounts,
    private readonly registration: Registration,
    private readonly bus: Bus,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Throws AggregateError for those that failed, after trying all. */
  async run(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - LEFT_BEHIND_MS);
    const errors: unknown[] = [];
    for (const account of await this.accounts.findUnsettled(before, BATCH)) {
      const settled = account.status === 'PENDING' ? this.#register(account) : this.#finishClosing(account);
      await settled.catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} accounts could not be settled`);
  }

  async #register(account: Account): Promise<void> {
    try {
      await this.registration.resume(account);
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error;
    }
  }

  async #finishClosing({ userId }: Account): Promise<void> {
    try {
      await this.bus.asService.execute(new DeleteUser({ id: userId }));
    } catch (error) {
      if (!(error instanceof UserNotFound)) throw error;
    }
    await this.unitOfWork.run(() => this.accounts.remove(userId));
  }
}
