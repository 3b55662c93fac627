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

interface Verified {
  readonly account: Account;
  readonly outdated: boolean;
}

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
    const verified = await this.#verify(email, input.password);
    // Before the result is known, so that parallel guesses cannot exceed the quota.
    await this.throttle.count(email);
    if (!verified) throw new InvalidCredentials();
    await this.throttle.forgetFailures(email);
    if (verified.outdated) await this.#hashAnew(verified.account, input.password);
    const credentials = await this.signIns.open(verified.account);
    if (!credentials) throw new InvalidCredentials();
    return credentials;
  }

  /** Takes equally long with and without such an account, whether or not the password is right. */
  async #verify(email: EmailAddress, password: string): Promise<Verified | undefined> {
    const account = await this.accounts.findByEmail(email);
    if (!account?.isActive) {
      await this.passwordHasher.verifyDummy(password);
      return undefined;
    }
    const { valid, outdated } = await this.passwordHasher.verify(password, account.passwordHash);
    return valid ? { account, outdated } : undefined;
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
