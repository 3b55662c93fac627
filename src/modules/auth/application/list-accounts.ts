import { QueryHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { toPage } from '../../../contract/pagination.js';
import { ListAccounts } from '../contract/index.js';
import { accountView } from './account-view.js';
import { Accounts } from './accounts.js';

@QueryHandler(ListAccounts)
export class ListAccountsHandler implements Handles<ListAccounts> {
  constructor(private readonly accounts: Accounts) {}

  async execute({ input }: ListAccounts) {
    const { accounts, total } = await this.accounts.list(input);
    return toPage(accounts.map(accountView), total, input);
  }
}
