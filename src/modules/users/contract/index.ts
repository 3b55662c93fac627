import { callerId, grant } from '../../../contract/access.js';
import { module } from '../../../contract/module.js';
import { GetUsersByIds } from './users.lookups.js';
import {
  CreateUser,
  CreateUserProfile,
  DeleteUser,
  GetMe,
  GetUser,
  ListUsers,
  UpdateUser,
} from './users.operations.js';

export { EmailTaken, UserIsAdministrator, UserNotFound } from './users.failures.js';
export { type UserSort, UserView } from './users.views.js';
export { CreateUser, CreateUserProfile, DeleteUser, GetMe, GetUser, GetUsersByIds, ListUsers, UpdateUser };

export const users = module(
  'users',
  { CreateUser, CreateUserProfile, GetUser, GetMe, GetUsersByIds, ListUsers, UpdateUser, DeleteUser },
  {
    description: 'The people whom the product knows.',
    grants: [grant('USER', ['read', 'update', 'delete'], 'User', { id: callerId }), grant('ADMIN', ['manage'], 'User')],
  },
);
