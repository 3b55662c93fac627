import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { newId } from '../../../contract/values.js';
import { Clock } from '../../../ports/clock.js';
import { CurrentCall } from '../../../ports/current-call.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { CreateUser, EmailTaken } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { PersonName } from '../domain/person-name.js';
import { User } from '../domain/user.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

@CommandHandler(CreateUser)
export class CreateUserHandler implements Handles<CreateUser> {
  constructor(
    private readonly users: Users,
    private readonly unitOfWork: UnitOfWork,
    private readonly call: CurrentCall,
    private readonly clock: Clock,
  ) {}

  execute({ input }: CreateUser) {
    return this.unitOfWork.run(async () => {
      const user = User.create({
        id: newId(),
        tenantId: this.call.tenant,
        email: EmailAddress.of(input.email),
        name: input.name === undefined ? undefined : PersonName.of(input.name),
        now: this.clock.now(),
      });
      if (!(await this.users.add(user))) throw new EmailTaken();
      return userView(user);
    });
  }
}
