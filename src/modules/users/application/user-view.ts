import { timestampOf } from '../../../contract/values.js';
import type { UserView } from '../contract/index.js';
import type { User } from '../domain/user.js';

export const userView = ({ id, email, name, createdAt, updatedAt }: User): UserView => ({
  id,
  email: email.value,
  name: name?.value,
  createdAt: timestampOf(createdAt),
  updatedAt: timestampOf(updatedAt),
});
