import { grant } from '../../../contract/access.js';
import { module } from '../../../contract/module.js';
import {
  ChangeAccountEmail,
  ChangeAccountRole,
  CloseAccount,
  DisableAccount,
  EnableAccount,
  ListAccounts,
  ListRevocations,
  Login,
  Logout,
  RefreshSession,
  Register,
} from './auth.operations.js';
import { type AccountView, userOfAccount } from './auth.views.js';

export { EmailTaken, UserIsAdministrator } from '../../users/contract/users.failures.js';
export {
  AccountDisabled,
  AccountNotFound,
  InvalidCredentials,
  InvalidRefreshToken,
  LastAdministrator,
  TooManyAttempts,
  WeakPassword,
} from './auth.failures.js';
export {
  type AccountView,
  ChangeAccountEmail,
  ChangeAccountRole,
  CloseAccount,
  DisableAccount,
  EnableAccount,
  ListAccounts,
  ListRevocations,
  Login,
  Logout,
  RefreshSession,
  Register,
};

export const auth = module(
  'auth',
  {
    Register,
    Login,
    RefreshSession,
    Logout,
    ListAccounts,
    ChangeAccountRole,
    DisableAccount,
    EnableAccount,
    CloseAccount,
    ChangeAccountEmail,
    ListRevocations,
  },
  {
    description: 'Accounts: registering, signing in and out, and the tokens for everything else.',
    grants: [grant('ADMIN', ['manage'], 'Account')],
    relations: [userOfAccount],
  },
);
