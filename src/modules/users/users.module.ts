import { Module, type Provider } from '@nestjs/common';
import { handlers } from '../../contract/handlers.js';
import { AccountEmails } from './application/account-emails.js';
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
import { AccountEmailReconciler } from './interface/account-email-reconciler.js';

const commandHandlers = handlers(CreateUserHandler, CreateUserProfileHandler, UpdateUserHandler, DeleteUserHandler);

const queryHandlers = handlers(GetUserHandler, GetMeHandler, GetUsersByIdsHandler, ListUsersHandler);

const services: Provider[] = [AccountEmails];

const schedules: Provider[] = [AccountEmailReconciler];

const repositories: Provider[] = [{ provide: Users, useClass: PrismaUsers }];

/** Without repositories, so that tests can use others. */
export const userUseCases: readonly Provider[] = [...commandHandlers, ...queryHandlers, ...services];

@Module({ providers: [...userUseCases, ...repositories, ...schedules] })
export class UsersModule {}
