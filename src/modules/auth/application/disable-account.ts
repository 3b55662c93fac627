import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { DisableAccount } from '../contract/index.js';
import { accountView } from './account-view.js';
import { AdministeredAccounts } from './administered-accounts.js';
import { SignOuts } from './sign-outs.js';

@CommandHandler(DisableAccount)
export class DisableAccountHandler implements Handles<DisableAccount> {
  constructor(
    private readonly accounts: AdministeredAccounts,
    private readonly signOuts: SignOuts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ input: { userId } }: DisableAccount) {
    const view = await this.unitOfWork.run(async () => {
      const disabled = await this.accounts.change(userId, (account) => account.disable(this.clock.now()));
      await this.signOuts.revokeTokensOf(userId);
      return accountView(disabled);
    });
    await this.signOuts.suspendAllOf(userId);
    return view;
  }
}
