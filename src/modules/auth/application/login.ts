import { CommandHandler } from '@nestjs/cqrs';
import type { Handles } from '../../../contract/operation.js';
import { Clock } from '../../../ports/clock.js';
import { UnitOfWork } from '../../../ports/unit-of-work.js';
import { InvalidCredentials, Login } from '../contract/index.js';
import type { Account } from '../domain/account.js';
import { EmailAddress } from '../domain/email-address.js';
import { Accounts } from './accounts.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordHasher } from './password-hasher.js';
import { SignIns } from './sign-ins.js';

@CommandHandler(Login)
export class LoginHandler implements Handles<Login> {
  constructor(
    private readonly accounts: Accounts,
    private readonly passwordHasher: PasswordHasher,
    private readonly throttle: LoginThrottle,
    private readonly signIns: SignIns,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute({ input }: Login) {
    const email = EmailAddress.of(input.email);
    await this.throttle.refuseTooMany(email);
    const account = await this.#verified(email, input.password);
    if (!account) {
      await this.throttle.countFailure(email);
      throw new InvalidCredentials();
    }
    // Again, or guesses made at the same time would all be judged by the count before them.
    await this.throttle.refuseTooMany(email);
    const credentials = await this.signIns.open(account);
    if (!credentials) throw new InvalidCredentials();
    await this.throttle.forgetFailures(email);
    return credentials;
  }

  /** Costs the same whether there is such an account or not. */
  async #verified(email: EmailAddress, password: string): Promise<Account | undefined> {
    const account = await this.accounts.findByEmail(email);
    if (!account?.isActive) {
      await this.passwordHasher.verifyDummy(password);
      return undefined;
    }
    const { valid, outdated } = await this.passwordHasher.verify(password, account.passwordHash);
    if (valid && outdated) await this.#hashAnew(account, password);
    return valid ? account : undefined;
  }

  async #hashAnew({ userId, passwordHash }: Account, password: string): Promise<void> {
    const fresh = await this.passwordHasher.hash(password);
    await this.unitOfWork.run(async () => {
      const current = await this.accounts.lock(userId);
      if (current?.passwordHash !== passwordHash) return;
      await this.accounts.save(current.changePasswordHash(fresh, this.clock.now()));
    });
  }
}
