import { newId } from '../../../src/contract/values.js';
import { Account, type Role } from '../../../src/modules/auth/domain/account.js';
import { EmailAddress } from '../../../src/modules/auth/domain/email-address.js';
import { freshEmail, type ModulesApplication, password } from '../modules-application.js';

/** Values chosen by a test. No password matches the default `passwordHash`. */
interface Reservation {
  readonly email?: string;
  readonly userId?: string;
  readonly role?: Role;
  readonly passwordHash?: string;
}

/** What a crash leaves of a registration that had reserved the address. */
export async function leaveReservation(
  { adapters, clock }: ModulesApplication,
  { email = freshEmail(), userId = newId(), role = 'USER', passwordHash = 'of no password' }: Reservation = {},
) {
  const given = { userId, role, passwordHash, tenantId: newId(), attemptId: newId() };
  await adapters.accounts.add(Account.reserve({ ...given, email: EmailAddress.of(email), now: clock.now() }));
  return { email, userId };
}

/** The same, of one that had made the profile as well; its password is `password`. */
export async function leaveProfile(app: ModulesApplication) {
  const { user } = await app.register();
  const account = await app.adapters.accounts.find(user.id);
  await app.adapters.accounts.remove(user.id);
  await leaveReservation(app, {
    email: user.email,
    userId: user.id,
    ...(account && { passwordHash: account.passwordHash }),
  });
  return { user, password };
}
