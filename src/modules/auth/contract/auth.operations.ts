import { z } from 'zod';
import { anyone, authenticated, can, internal } from '../../../contract/access.js';
import { command, query } from '../../../contract/operation.js';
import { page, pageInput } from '../../../contract/pagination.js';
import { Email, Id, Name, secret, Timestamp, text, view } from '../../../contract/values.js';
import { EmailTaken, UserIsAdministrator } from '../../users/contract/users.failures.js';
import { UserView } from '../../users/contract/users.views.js';
import {
  AccountDisabled,
  AccountNotFound,
  InvalidCredentials,
  InvalidRefreshToken,
  LastAdministrator,
  TooManyAttempts,
  WeakPassword,
} from './auth.failures.js';
import { AccountRole, AccountView } from './auth.views.js';

const Password = secret(text({ min: 8, max: 128 }));
/** No policy at sign-in: a password that breaks it is just wrong. */
const GivenPassword = secret(text({ min: 1, max: 128 }));
const Token = secret(text({ min: 1, max: 4096 }));

const credentials = {
  token: Token.describe('Bearer token for every other operation.'),
  refreshToken: Token.describe('Gives a new pair, once.'),
  expiresAt: Timestamp.describe('When `token` expires.'),
};

const CredentialsView = view('Credentials', credentials);
const RegistrationView = view('Registration', { ...credentials, user: UserView });

export class Register extends command({
  input: z.object({ email: Email, password: Password, name: Name.optional() }),
  output: RegistrationView,
  errors: [EmailTaken, WeakPassword],
  access: anyone,
  rest: 'POST /auth/register',
  restStatus: 201,
}) {}

export class Login extends command({
  input: z.object({ email: Email, password: GivenPassword }),
  output: CredentialsView,
  errors: [InvalidCredentials, AccountDisabled, TooManyAttempts],
  access: anyone,
  rest: 'POST /auth/login',
}) {}

export class RefreshSession extends command({
  input: z.object({ refreshToken: Token }),
  output: CredentialsView,
  errors: [InvalidRefreshToken, AccountDisabled],
  access: anyone,
  rest: 'POST /auth/refresh',
}) {}

export class Logout extends command({
  input: z.object({}),
  output: z.void(),
  access: authenticated,
  rest: 'POST /auth/logout',
  description: 'Ends the session of the token it is called with.',
}) {}

export class ListAccounts extends query({
  input: z.object(pageInput),
  output: page('AccountPage', AccountView),
  access: can('read', 'Account'),
  rest: 'GET /auth/accounts',
  description: 'Whoever has registered, the latest first.',
}) {}

export class ChangeAccountRole extends command({
  input: z.object({ userId: Id, role: AccountRole }),
  output: AccountView,
  errors: [AccountNotFound, LastAdministrator],
  access: can('update', 'Account'),
  rest: 'POST /auth/accounts/:user_id/role',
  description: 'Another role signs the user out everywhere.',
}) {}

export class DisableAccount extends command({
  input: z.object({ userId: Id }),
  output: AccountView,
  errors: [AccountNotFound, LastAdministrator],
  access: can('update', 'Account'),
  rest: 'POST /auth/accounts/:user_id/disable',
  description: 'Its tokens stop working, and nobody can sign in to it.',
}) {}

export class EnableAccount extends command({
  input: z.object({ userId: Id }),
  output: AccountView,
  errors: [AccountNotFound],
  access: can('update', 'Account'),
  rest: 'POST /auth/accounts/:user_id/enable',
  description: 'Its user can sign in again; tokens from before stay dead.',
}) {}

/** Called by users before it deletes a user: ends sessions and tokens. Does nothing without an account. */
export class CloseAccount extends command({
  input: z.object({ userId: Id }),
  output: z.void(),
  errors: [UserIsAdministrator],
  access: internal,
}) {}

/** Called by users after an email change. Versions count from 1 per user; an outdated one does nothing. */
export class ChangeAccountEmail extends command({
  input: z.object({ userId: Id, email: Email, version: z.int32().min(1) }),
  output: z.void(),
  errors: [EmailTaken],
  access: internal,
}) {}

const RevocationView = view('Revocation', {
  sequence: z.int(),
  subject: text({ max: 200 }).describe('`user:<id>` or `session:<id>`.'),
  revokedAt: Timestamp.describe('Tokens issued later hold.'),
  expiresAt: Timestamp,
  settled: z.boolean().describe('None of a lower sequence will appear any more.'),
});

/** For processes without a session database. Ascending; at most `limit`. */
export class ListRevocations extends query({
  input: z.object({ after: z.int().min(0), limit: z.int32().min(1).max(1000) }),
  output: view('RevocationBatch', { revocations: z.array(RevocationView) }),
  access: internal,
}) {}
