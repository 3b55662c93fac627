import { z } from 'zod';
import { authenticated, can, internal } from '../../../contract/access.js';
import { command, query } from '../../../contract/operation.js';
import { page, pageInput } from '../../../contract/pagination.js';
import { setOrClear } from '../../../contract/set-or-clear.js';
import { Email, Id, Name, text } from '../../../contract/values.js';
import { EmailTaken, UserIsAdministrator, UserNotFound } from './users.failures.js';
import { ClearableUserField, UserSort, UserView } from './users.views.js';

export class CreateUser extends command({
  input: z.object({ email: Email, name: Name.optional() }),
  output: UserView,
  errors: [EmailTaken],
  access: can('create', 'User'),
  rest: 'POST /users',
  description: 'Creates a user who has no sign-in yet.',
}) {}

/** For auth, which chooses the id. Repeating it with the same values gives the same result. */
export class CreateUserProfile extends command({
  input: z.object({ userId: Id, email: Email, name: Name.optional() }),
  output: UserView,
  errors: [EmailTaken],
  access: internal,
}) {}

export class GetUser extends query({
  input: z.object({ id: Id }),
  output: UserView,
  errors: [UserNotFound],
  access: can('read', 'User'),
  rest: 'GET /users/:id',
}) {}

export class GetMe extends query({
  input: z.object({}),
  output: UserView,
  errors: [UserNotFound],
  access: authenticated,
  rest: 'GET /users/me',
  description: 'The signed-in user.',
}) {}

export class ListUsers extends query({
  input: z.object({
    ...pageInput,
    q: text({ min: 1, max: 200 }).describe('Part of an email address or name.').optional(),
    sort: UserSort.default('CREATED_AT_DESC'),
  }),
  output: page('UserPage', UserView),
  access: can('read', 'User'),
  rest: 'GET /users',
  description: 'The users whom the caller may see.',
}) {}

export class UpdateUser extends command({
  input: setOrClear(
    z.object({
      id: Id,
      email: Email.optional(),
      name: Name.optional(),
      clear: z.array(ClearableUserField).max(1).describe('Fields to leave without a value.'),
    }),
  ),
  output: UserView,
  errors: [UserNotFound, EmailTaken],
  access: can('update', 'User'),
  rest: 'PATCH /users/:id',
}) {}

export class DeleteUser extends command({
  input: z.object({ id: Id }),
  output: z.void(),
  errors: [UserNotFound, UserIsAdministrator],
  access: can('delete', 'User'),
  rest: 'DELETE /users/:id',
  description: 'Closes the account of the user as well: its tokens stop working. Administrators are demoted first.',
}) {}
