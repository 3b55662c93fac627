import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Bus } from '../../../ports/bus.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { ChangeAccountEmail } from '../../auth/contract/index.js';
import { EmailTaken, UpdateUser, UserNotFound, type UserView } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { PersonName } from '../domain/person-name.js';
import type { User } from '../domain/user.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

type Changes = UpdateUser['input'];

@CommandHandler(UpdateUser)
export class UpdateUserHandler implements Handles<UpdateUser> {
  constructor(
    private readonly users: Users,
    private readonly bus: Bus,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ input }: UpdateUser) {
    return input.email === undefined ? this.#update(input) : this.#updateWithAccount(input, input.email);
  }

  /** The account is asked even if the address is the old one: repeating an update mends what a crash left half done. */
  async #updateWithAccount(input: Changes, email: string): Promise<UserView> {
    const former = await this.users.find(input.id);
    if (!former) throw new UserNotFound();
    await this.bus.asService.execute(new ChangeAccountEmail({ userId: input.id, email }));
    try {
      return await this.#update(input);
    } catch (error) {
      if (error instanceof EmailTaken) {
        await this.bus.asService.execute(new ChangeAccountEmail({ userId: input.id, email: former.email.value }));
      }
      throw error;
    }
  }

  #update(input: Changes): Promise<UserView> {
    return this.unitOfWork.run(async () => {
      const user = await this.users.lock(input.id);
      if (!user) throw new UserNotFound();
      const changed = change(user, input, this.clock.now());
      if (changed !== user) await this.users.save(changed);
      return userView(changed);
    });
  }
}

function change(user: User, { email, name, clear }: Changes, now: Date): User {
  let changed = user;
  if (email !== undefined) changed = changed.changeEmail(EmailAddress.of(email), now);
  if (name !== undefined) changed = changed.rename(PersonName.of(name), now);
  if (clear.includes('NAME')) changed = changed.clearName(now);
  return changed;
}
