import { Injectable } from '@nestjs/common';
import { Bus } from '../../../ports/bus.js';
import { ChangeAccountEmail } from '../../auth/contract/index.js';
import type { User } from '../domain/user.js';
import { Users } from './users.js';

const BATCH = 100;

/** Profiles change first, and record which accounts have yet to follow. */
@Injectable()
export class AccountEmails {
  constructor(
    private readonly users: Users,
    private readonly bus: Bus,
  ) {}

  /** Throws EmailTaken while the address belongs to an account that is about to change it. */
  async follow({ id, email, emailVersion }: User): Promise<void> {
    await this.bus.asService.execute(new ChangeAccountEmail({ userId: id, email: email.value, version: emailVersion }));
    await this.users.accountFollowed(id, emailVersion);
  }

  /** Updates accounts after a crash or a timeout. Throws AggregateError for those that failed, after trying all. */
  async settle(): Promise<void> {
    const errors: unknown[] = [];
    for (const user of await this.users.findBehind(BATCH)) {
      await this.follow(user).catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} accounts have a former address`);
  }
}
