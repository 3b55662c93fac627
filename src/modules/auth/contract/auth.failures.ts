import { failure } from '../../../contract/failure.js';

export class InvalidCredentials extends failure(
  'AUTH_INVALID_CREDENTIALS',
  'unauthenticated',
  'The email address or the password is wrong',
) {}

export class InvalidRefreshToken extends failure(
  'AUTH_INVALID_REFRESH_TOKEN',
  'unauthenticated',
  'This refresh token is not valid, or not any more',
) {}

export class AccountDisabled extends failure(
  'AUTH_ACCOUNT_DISABLED',
  'permission_denied',
  'This account is disabled',
) {}

export class AccountNotFound extends failure('AUTH_ACCOUNT_NOT_FOUND', 'not_found', 'There is no such account') {}

export class LastAdministrator extends failure(
  'AUTH_LAST_ADMINISTRATOR',
  'failed_precondition',
  'Nobody else is an administrator',
) {}

export class WeakPassword extends failure(
  'AUTH_WEAK_PASSWORD',
  'invalid_argument',
  'This password is too easy to guess',
) {}

export class TooManyAttempts extends failure(
  'AUTH_TOO_MANY_ATTEMPTS',
  'resource_exhausted',
  'Too many failed sign-ins',
) {}
