import { QueryHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { GetUser, UserNotFound } from '../contract/index.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

@QueryHandler(GetUser)
export class GetUserHandler implements Handles<GetUser> {
  constructor(private readonly users: Users) {}

  async execute({ input }: GetUser) {
    const user = await this.users.find(input.id);
    if (!user) throw new UserNotFound();
    return userView(user);
  }
}
