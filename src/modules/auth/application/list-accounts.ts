import { QueryHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { toPage } from '../../../contract/pagination.js';
import { type AccountView, ListAccounts } from '../contract/index.js';
import type { Account } from '../domain/account.js';
import { Accounts } from './accounts.js';

@QueryHandler(ListAccounts)
export class ListAccountsHandler implements Handles<ListAccounts> {
  constructor(private readonly accounts: Accounts) {}

  async execute({ input }: ListAccounts) {
    const { accounts, total } = await this.accounts.list(input);
    return toPage(accounts.map(accountView), total, input);
  }
}

const accountView = ({ userId, email, role, disabled, createdAt }: Account): AccountView => ({
  userId,
  email: email.value,
  role,
  disabled,
  createdAt: createdAt.toISOString(),
});
