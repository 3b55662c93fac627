import { QueryHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { GetUsersByIds } from '../contract/index.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

@QueryHandler(GetUsersByIds)
export class GetUsersByIdsHandler implements Handles<GetUsersByIds> {
  constructor(private readonly users: Users) {}

  async execute({ input }: GetUsersByIds) {
    const users = await this.users.findAll(input.ids);
    return { users: users.map(userView) };
  }
}
