import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { CloseAccount, UserIsAdministrator } from '../contract/index.js';
import { Accounts } from './accounts.js';
import { SignOuts } from './sign-outs.js';

@CommandHandler(CloseAccount)
export class CloseAccountHandler implements Handles<CloseAccount> {
  constructor(
    private readonly accounts: Accounts,
    private readonly signOuts: SignOuts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ input: { userId } }: CloseAccount) {
    await this.unitOfWork.run(async () => {
      const account = await this.accounts.lock(userId);
      if (!account || account.status === 'CLOSED') return;
      if (account.role === 'ADMIN') throw new UserIsAdministrator();
      await this.accounts.save(account.close(this.clock.now()));
    });
    await this.signOuts.endAllOf(userId);
  }
}
