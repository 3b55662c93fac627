import { Injectable } from '@nestjs/common';
import { Bus } from '../../../ports/bus.js';
import { ChangeAccountEmail } from '../../auth/contract/index.js';
import type { User } from '../domain/user.js';
import { Users } from './users.js';

const BATCH = 100;

/** Brings the accounts after their profiles: an address changes in the profile first, which remembers what is left. */
@Injectable()
export class AccountEmails {
  constructor(
    private readonly users: Users,
    private readonly bus: Bus,
  ) {}

  /** Throws EmailTaken while the address is that of an account which is itself about to lose it. */
  async follow({ id, email, emailVersion }: User): Promise<void> {
    await this.bus.asService.execute(new ChangeAccountEmail({ userId: id, email: email.value, version: emailVersion }));
    await this.users.accountFollowed(id, emailVersion);
  }

  /** All that a crash or a deadline left behind. Throws AggregateError when some still are; the others are not. */
  async settle(): Promise<void> {
    const errors: unknown[] = [];
    for (const user of await this.users.findBehind(BATCH)) {
      await this.follow(user).catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} accounts have a former address`);
  }
}
