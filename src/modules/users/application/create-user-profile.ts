import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { CurrentCall } from '../../../ports/current-call.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { CreateUserProfile, EmailTaken } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { PersonName } from '../domain/person-name.js';
import { User } from '../domain/user.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

@CommandHandler(CreateUserProfile)
export class CreateUserProfileHandler implements Handles<CreateUserProfile> {
  constructor(
    private readonly users: Users,
    private readonly unitOfWork: UnitOfWork,
    private readonly call: CurrentCall,
    private readonly clock: Clock,
  ) {}

  execute({ input }: CreateUserProfile) {
    return this.unitOfWork.run(async () => {
      const user = User.create({
        id: input.userId,
        tenantId: this.call.tenant,
        email: EmailAddress.of(input.email),
        name: input.name === undefined ? undefined : PersonName.of(input.name),
        now: this.clock.now(),
      });
      const known = (await this.users.add(user)) ? user : await this.users.find(user.id);
      if (!known) throw new EmailTaken();
      return userView(known);
    });
  }
}
