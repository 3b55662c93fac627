import type { UserView } from '../contract/index.js';
import type { User } from '../domain/user.js';

/** What everyone outside sees of a user. */
export const userView = ({ id, email, name, createdAt, updatedAt }: User): UserView => ({
  id,
  email: email.value,
  name: name?.value,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});
