import { Module, type Provider } from '@nestjs/common';
import { PrismaDatabase } from '../../platform/database/prisma-database.js';
import { CreateUserHandler } from './application/create-user.js';
import { CreateUserProfileHandler } from './application/create-user-profile.js';
import { DeleteUserHandler } from './application/delete-user.js';
import { GetMeHandler } from './application/get-me.js';
import { GetUserHandler } from './application/get-user.js';
import { GetUsersByIdsHandler } from './application/get-users-by-ids.js';
import { ListUsersHandler } from './application/list-users.js';
import { UpdateUserHandler } from './application/update-user.js';
import { Users } from './application/users.js';
import { PrismaUsers } from './infrastructure/prisma-users.repository.js';

const commandHandlers: Provider[] = [CreateUserHandler, CreateUserProfileHandler, UpdateUserHandler, DeleteUserHandler];

const queryHandlers: Provider[] = [GetUserHandler, GetMeHandler, GetUsersByIdsHandler, ListUsersHandler];

const repositories: Provider[] = [
  { provide: Users, inject: [PrismaDatabase], useFactory: (database: PrismaDatabase) => new PrismaUsers(database) },
];

/** Use cases, to run over other repositories too. */
export const userUseCases: readonly Provider[] = [...commandHandlers, ...queryHandlers];

/** Needs the pipeline and the global providers of src/platform. */
@Module({ providers: [...userUseCases, ...repositories] })
export class UsersModule {}
