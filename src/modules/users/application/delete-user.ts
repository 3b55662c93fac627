import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Bus } from '../../../ports/bus.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { CloseAccount } from '../../auth/contract/index.js';
import { DeleteUser, UserNotFound } from '../contract/index.js';
import { Users } from './users.js';

@CommandHandler(DeleteUser)
export class DeleteUserHandler implements Handles<DeleteUser> {
  constructor(
    private readonly users: Users,
    private readonly bus: Bus,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute({ input }: DeleteUser) {
    if (!(await this.users.find(input.id))) throw new UserNotFound();
    await this.bus.asService.execute(new CloseAccount({ userId: input.id }));
    return this.unitOfWork.run(async () => {
      if (!(await this.users.remove(input.id))) throw new UserNotFound();
    });
  }
}
