import { timestampOf } from '../../../contract/values.js';
import type { AccountView } from '../contract/index.js';
import type { Account } from '../domain/account.js';

export const accountView = ({ userId, email, role, disabled, createdAt }: Account): AccountView => ({
  userId,
  email: email.value,
  role,
  disabled,
  createdAt: timestampOf(createdAt),
});
