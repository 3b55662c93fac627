import { Controller, type ExecutionContext, Get, Injectable, Module, Param, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CqrsModule, QueryBus } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { Users } from '../../src/modules/users/application/users.js';
import type { User } from '../../src/modules/users/domain/user.js';
import type { Target } from '../target.js';
import { type AuthenticatedRequest, FindUser, FindUserHandler, TokenGuard, ZodPipe } from './nest.js';
import { userId, usersInMemory } from './users.js';
import { VerifiedTokens } from './verified-tokens.js';

const Params = z.object({ id: z.uuid() });

@Injectable()
class HttpTokenGuard extends TokenGuard {
  protected override request(context: ExecutionContext): AuthenticatedRequest {
    return context.switchToHttp().getRequest<AuthenticatedRequest>();
  }
}

@Controller('users')
@UseGuards(HttpTokenGuard)
class UsersController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id')
  async find(@Param(new ZodPipe(Params)) { id }: z.output<typeof Params>, @Req() { claims }: AuthenticatedRequest) {
    const user = await this.queries.execute<FindUser, User>(new FindUser(id, claims));
    return {
      id: user.id,
      email: user.email.value,
      name: user.name?.value,
      created_at: user.createdAt.toISOString(),
      updated_at: user.updatedAt.toISOString(),
    };
  }
}

@Module({
  imports: [CqrsModule.forRoot()],
  controllers: [UsersController],
  providers: [FindUserHandler, VerifiedTokens, { provide: Users, useFactory: usersInMemory }],
})
class NestUsersModule {}

/** GetUser as a controller. */
export async function serve(): Promise<Target> {
  const app = await NestFactory.create<NestFastifyApplication>(NestUsersModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), token: await app.get(VerifiedTokens).issue(userId), userId };
}
