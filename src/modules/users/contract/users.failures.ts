import { failure } from '../../../contract/failure.js';

export class UserNotFound extends failure('USER_NOT_FOUND', 'not_found', 'There is no such user') {}

export class EmailTaken extends failure(
  'USER_EMAIL_TAKEN',
  'already_exists',
  'This email address is already registered',
) {}

export class UserIsAdministrator extends failure(
  'USER_IS_ADMINISTRATOR',
  'failed_precondition',
  'An administrator cannot be deleted',
) {}
