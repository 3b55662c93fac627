import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { EmailTaken, UpdateUser, UserNotFound } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { PersonName } from '../domain/person-name.js';
import type { User } from '../domain/user.js';
import { AccountEmails } from './account-emails.js';
import { userView } from './user-view.js';
import { Users } from './users.js';

type Changes = UpdateUser['input'];

@CommandHandler(UpdateUser)
export class UpdateUserHandler implements Handles<UpdateUser> {
  constructor(
    private readonly users: Users,
    private readonly accountEmails: AccountEmails,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ input }: UpdateUser) {
    let user: User | undefined;
    const view = await this.unitOfWork.run(async () => {
      user = await this.#update(input);
      return userView(user);
    });
    if (user?.accountBehind) await this.#bringAccountAfter(user);
    return view;
  }

  async #update(input: Changes): Promise<User> {
    const user = await this.users.lock(input.id);
    if (!user) throw new UserNotFound();
    const changed = change(user, input, this.clock.now());
    if (changed !== user) await this.users.save(changed);
    return changed;
  }

  /** The profile already has the address: an account that still holds it is no failure of this command. */
  async #bringAccountAfter(user: User): Promise<void> {
    try {
      await this.accountEmails.follow(user);
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error;
    }
  }
}

function change(user: User, { email, name, clear }: Changes, now: Date): User {
  let changed = user;
  if (email !== undefined) changed = changed.changeEmail(EmailAddress.of(email), now);
  if (name !== undefined) changed = changed.rename(PersonName.of(name), now);
  if (clear.includes('NAME')) changed = changed.clearName(now);
  return changed;
}
