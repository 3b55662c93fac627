import { module } from '../../../contract/module.js';
import {
  ChangeAccountEmail,
  CloseAccount,
  ListRevocations,
  Login,
  Logout,
  RefreshSession,
  Register,
} from './auth.operations.js';

export { EmailTaken } from '../../users/contract/users.failures.js';
export {
  AccountDisabled,
  InvalidCredentials,
  InvalidRefreshToken,
  TooManyAttempts,
  WeakPassword,
} from './auth.failures.js';
export { ChangeAccountEmail, CloseAccount, ListRevocations, Login, Logout, RefreshSession, Register };

export const auth = module('auth', {
  Register,
  Login,
  RefreshSession,
  Logout,
  CloseAccount,
  ChangeAccountEmail,
  ListRevocations,
});
