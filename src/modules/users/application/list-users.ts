import { QueryHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { toPage } from '../../../contract/pagination.js';
import { CurrentCall } from '../../../ports/current-call.js';
import { ListUsers } from '../contract/index.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

@QueryHandler(ListUsers)
export class ListUsersHandler implements Handles<ListUsers> {
  constructor(
    private readonly users: Users,
    private readonly call: CurrentCall,
  ) {}

  async execute({ input }: ListUsers) {
    const { q: search, ...page } = input;
    const { users, total } = await this.users.search({ ...page, search, rows: this.call.rows('read', 'User') });
    return toPage(users.map(userView), total, page);
  }
}
