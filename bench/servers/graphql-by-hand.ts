import Fastify, { type FastifyRequest } from 'fastify';
import mercurius, { type IFieldResolver, type MercuriusContext } from 'mercurius';
import { z } from 'zod';
import type { Target } from '../target.js';
import { userId, usersInMemory } from './users.js';
import { type Claims, mayRead, VerifiedTokens } from './verified-tokens.js';

declare module 'mercurius' {
  interface MercuriusContext {
    claims: Claims;
  }
}

const Arguments = z.object({ id: z.uuid() });

const schema = `
  type User { id: ID! email: String! name: String createdAt: String! updatedAt: String! }
  type Query { user(id: ID!): User }
`;

const failure = (code: string) => new mercurius.ErrorWithProps(code, { code });

/** GetUser on mercurius alone; over WebSockets too with `subscription`. */
export async function serve(subscription = false): Promise<Target> {
  const users = await usersInMemory();
  const tokens = new VerifiedTokens();
  const context = async ({ headers: { authorization } }: FastifyRequest) => {
    const claims = tokens.find(authorization) ?? (await tokens.verify(authorization));
    if (!claims) throw failure('UNAUTHENTICATED');
    return { claims };
  };
  const user: IFieldResolver<unknown, MercuriusContext> = async (_root, given, { claims }) => {
    const { data, success } = Arguments.safeParse(given);
    if (!success) throw failure('INVALID_ARGUMENT');
    if (!mayRead(claims, data.id)) throw failure('PERMISSION_DENIED');
    const found = await users.find(data.id);
    if (!found) throw failure('USER_NOT_FOUND');
    return {
      id: found.id,
      email: found.email.value,
      name: found.name?.value,
      createdAt: found.createdAt.toISOString(),
      updatedAt: found.updatedAt.toISOString(),
    };
  };
  const fastify = Fastify();
  await fastify.register(mercurius, { schema, jit: 1, context, subscription, resolvers: { Query: { user } } });
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
  return { url, token: await tokens.issue(userId), userId };
}
