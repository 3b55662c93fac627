import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { ChangeAccountEmail, EmailTaken } from '../contract/index.js';
import { EmailAddress } from '../domain/email-address.js';
import { Accounts } from './accounts.js';

@CommandHandler(ChangeAccountEmail)
export class ChangeAccountEmailHandler implements Handles<ChangeAccountEmail> {
  constructor(
    private readonly accounts: Accounts,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ input }: ChangeAccountEmail) {
    try {
      return await this.unitOfWork.run(() => this.#change(input));
    } catch (error) {
      if (error instanceof EmailTaken) await this.#makeWay(input);
      throw error;
    }
  }

  async #change({ userId, email, version }: ChangeAccountEmail['input']): Promise<void> {
    const account = await this.accounts.lock(userId);
    if (!account?.isBehind(version)) return;
    await this.accounts.save(account.changeEmail(EmailAddress.of(email), version, this.clock.now()));
  }

  /** Profiles have unique addresses, so the other account is outdated too. A reservation will fail by itself. */
  async #makeWay({ userId, email, version }: ChangeAccountEmail['input']): Promise<void> {
    const inTheWay = await this.accounts.findByEmail(EmailAddress.of(email));
    if (inTheWay && inTheWay.status !== 'PENDING') await this.accounts.releaseFormerEmail(userId, version);
  }
}
