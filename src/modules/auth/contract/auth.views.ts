import { z } from 'zod';
import { can } from '../../../contract/access.js';
import { relation } from '../../../contract/relation.js';
import { Email, enumeration, Id, Timestamp, view } from '../../../contract/values.js';
import { GetUsersByIds } from '../../users/contract/users.lookups.js';

export const AccountRole = enumeration('AccountRole', ['USER', 'ADMIN']);

export const AccountView = view('Account', {
  userId: Id,
  email: Email,
  role: AccountRole,
  disabled: z.boolean().describe('Nobody can sign in to it.'),
  createdAt: Timestamp,
});

export type AccountView = z.output<typeof AccountView>;

export const userOfAccount = relation({
  view: AccountView,
  field: 'user',
  from: 'userId',
  operation: GetUsersByIds,
  by: 'id',
  access: can('read', 'User'),
});
