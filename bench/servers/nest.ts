import {
  BadRequestException,
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  NotFoundException,
  type PipeTransform,
  type Type,
  UnauthorizedException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Users } from '../../src/modules/users/application/users.js';
import type { Target } from '../target.js';
import { userId } from './users.js';
import { type Claims, mayRead, VerifiedTokens } from './verified-tokens.js';

/** What a Nest application has by its documentation: a guard, a validation pipe, a query on the bus. */
export class FindUser {
  constructor(
    readonly id: string,
    readonly claims: Claims,
  ) {}
}

@QueryHandler(FindUser)
export class FindUserHandler implements IQueryHandler<FindUser> {
  constructor(private readonly users: Users) {}

  async execute({ id, claims }: FindUser) {
    if (!mayRead(claims, id)) throw new ForbiddenException();
    const user = await this.users.find(id);
    if (!user) throw new NotFoundException();
    return user;
  }
}

export type AuthenticatedRequest = FastifyRequest & { claims: Claims };

/** Where the request of a context is depends on the transport. */
@Injectable()
export abstract class TokenGuard implements CanActivate {
  constructor(private readonly tokens: VerifiedTokens) {}

  protected abstract request(context: ExecutionContext): AuthenticatedRequest;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = this.request(context);
    const { authorization } = request.headers;
    const claims = this.tokens.find(authorization) ?? (await this.tokens.verify(authorization));
    if (!claims) throw new UnauthorizedException();
    request.claims = claims;
    return true;
  }
}

export class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(value: unknown): T {
    const parsed = this.schema.safeParse(value);
    if (!parsed.success) throw new BadRequestException(parsed.error.issues);
    return parsed.data;
  }
}

export async function serveNest(module: Type): Promise<Target> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), token: await app.get(VerifiedTokens).issue(userId), userId };
}
