import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { ChangeAccountEmail } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { Accounts } from './accounts.js';

@CommandHandler(ChangeAccountEmail)
export class ChangeAccountEmailHandler implements Handles<ChangeAccountEmail> {
  constructor(
    private readonly accounts: Accounts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  execute({ input: { userId, email } }: ChangeAccountEmail) {
    return this.unitOfWork.run(async () => {
      const account = await this.accounts.lock(userId);
      if (!account || account.status === 'CLOSED') return;
      await this.accounts.save(account.changeEmail(EmailAddress.of(email), this.clock.now()));
    });
  }
}
