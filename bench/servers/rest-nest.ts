import { Controller, type ExecutionContext, Get, Injectable, Module, Param, Req, UseGuards } from '@nestjs/common';
import { CqrsModule, QueryBus } from '@nestjs/cqrs';
import { z } from 'zod';
import { Users } from '../../src/modules/users/application/users.js';
import type { User } from '../../src/modules/users/domain/user.js';
import type { Target } from '../target.js';
import { type AuthenticatedRequest, FindUser, FindUserHandler, serveNest, TokenGuard, ZodPipe } from './nest.js';
import { usersInMemory } from './users.js';
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
export const serve = (): Promise<Target> => serveNest(NestUsersModule);
