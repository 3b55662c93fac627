import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { EnableAccount } from '../contract/index.js';
import { accountView } from './account-view.js';
import { Accounts } from './accounts.js';
import { AdministeredAccounts } from './administered-accounts.js';
import { SignOuts } from './sign-outs.js';

@CommandHandler(EnableAccount)
export class EnableAccountHandler implements Handles<EnableAccount> {
  constructor(
    private readonly accounts: Accounts,
    private readonly administered: AdministeredAccounts,
    private readonly signOuts: SignOuts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Older sessions end before the account is enabled: none of them becomes valid again. */
  async execute({ input: { userId } }: EnableAccount) {
    const account = await this.accounts.find(userId);
    if (account?.disabled) await this.signOuts.endAllOf(userId);
    return this.unitOfWork.run(async () => {
      const enabled = await this.administered.change(userId, (current) => current.enable(this.clock.now()));
      return accountView(enabled);
    });
  }
}
