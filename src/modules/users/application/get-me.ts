import { QueryHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { CurrentCall } from '../../../ports/current-call.js';
import { GetMe, UserNotFound } from '../contract/index.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

@QueryHandler(GetMe)
export class GetMeHandler implements Handles<GetMe> {
  constructor(
    private readonly users: Users,
    private readonly call: CurrentCall,
  ) {}

  async execute() {
    const { userId } = this.call;
    const user = userId === undefined ? undefined : await this.users.find(userId);
    if (!user) throw new UserNotFound();
    return userView(user);
  }
}
