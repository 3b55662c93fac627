import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { ChangeAccountRole } from '../contract/index.js';
import { accountView } from './account-view.js';
import { AdministeredAccounts } from './administered-accounts.js';
import { SignOuts } from './sign-outs.js';

@CommandHandler(ChangeAccountRole)
export class ChangeAccountRoleHandler implements Handles<ChangeAccountRole> {
  constructor(
    private readonly accounts: AdministeredAccounts,
    private readonly signOuts: SignOuts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ input: { userId, role } }: ChangeAccountRole) {
    let isOther = false;
    const view = await this.unitOfWork.run(async () => {
      const changed = await this.accounts.change(userId, (account) => {
        isOther = account.role !== role;
        return account.changeRole(role, this.clock.now());
      });
      if (isOther) await this.signOuts.revokeTokensOf(userId);
      return accountView(changed);
    });
    if (isOther) await this.signOuts.endAllOf(userId);
    return view;
  }
}
