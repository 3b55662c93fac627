import { type ExecutionContext, Injectable, Module, UseGuards } from '@nestjs/common';
import { CqrsModule, QueryBus } from '@nestjs/cqrs';
import {
  Args,
  Context,
  Field,
  GqlExecutionContext,
  GraphQLModule,
  ID,
  ObjectType,
  Query,
  Resolver,
} from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Users } from '../../src/modules/users/application/users.js';
import type { User } from '../../src/modules/users/domain/user.js';
import type { Target } from '../target.js';
import { type AuthenticatedRequest, FindUser, FindUserHandler, serveNest, TokenGuard, ZodPipe } from './nest.js';
import { usersInMemory } from './users.js';
import { VerifiedTokens } from './verified-tokens.js';

@ObjectType('User')
class UserType {
  @Field(() => ID)
  readonly id!: string;
  @Field()
  readonly email!: string;
  @Field(() => String, { nullable: true })
  readonly name: string | undefined;
  @Field()
  readonly createdAt!: string;
  @Field()
  readonly updatedAt!: string;
}

@Injectable()
class GraphqlTokenGuard extends TokenGuard {
  protected override request(context: ExecutionContext): AuthenticatedRequest {
    return GqlExecutionContext.create(context).getContext<{ request: AuthenticatedRequest }>().request;
  }
}

@Resolver(() => UserType)
@UseGuards(GraphqlTokenGuard)
class UsersResolver {
  constructor(private readonly queries: QueryBus) {}

  @Query(() => UserType, { nullable: true })
  async user(
    @Args('id', { type: () => ID }, new ZodPipe(z.uuid())) id: string,
    @Context('request') { claims }: AuthenticatedRequest,
  ): Promise<UserType> {
    const user = await this.queries.execute<FindUser, User>(new FindUser(id, claims));
    return {
      id: user.id,
      email: user.email.value,
      name: user.name?.value,
      createdAt: user.createdAt.toISOString(),
      updatedAt: user.updatedAt.toISOString(),
    };
  }
}

@Module({
  imports: [
    CqrsModule.forRoot(),
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      jit: 1,
      context: (request: FastifyRequest) => ({ request }),
    }),
  ],
  providers: [UsersResolver, FindUserHandler, VerifiedTokens, { provide: Users, useFactory: usersInMemory }],
})
class NestUsersModule {}

/** GetUser as a resolver, code first. */
export const serve = (): Promise<Target> => serveNest(NestUsersModule);
