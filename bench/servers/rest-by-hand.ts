import Fastify, { type FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Target } from '../target.js';
import { userId, usersInMemory } from './users.js';
import { mayRead, VerifiedTokens } from './verified-tokens.js';

export const Params = z.object({ id: z.uuid() });
const text = { type: 'string' };
export const userSchema = {
  type: 'object',
  properties: { id: text, email: text, name: text, created_at: text, updated_at: text },
};

export const problem = (reply: FastifyReply, status: number, code: string) => reply.code(status).send({ status, code });

type Headers = (reply: FastifyReply) => void;

/** GetUser on Fastify alone. `setHeaders` for a handler that sends as many headers as ours do. */
export async function serve(setHeaders?: Headers): Promise<Target> {
  const users = await usersInMemory();
  const tokens = new VerifiedTokens();
  const fastify = Fastify();
  fastify.get('/users/:id', { schema: { response: { 200: userSchema } } }, async (request, reply) => {
    const { authorization } = request.headers;
    const claims = tokens.find(authorization) ?? (await tokens.verify(authorization));
    if (!claims) return problem(reply, 401, 'UNAUTHENTICATED');
    const params = Params.safeParse(request.params);
    if (!params.success) return problem(reply, 400, 'INVALID_ARGUMENT');
    const { id } = params.data;
    if (!mayRead(claims, id)) return problem(reply, 403, 'PERMISSION_DENIED');
    const user = await users.find(id);
    if (!user) return problem(reply, 404, 'USER_NOT_FOUND');
    setHeaders?.(reply);
    return {
      id: user.id,
      email: user.email.value,
      name: user.name?.value,
      created_at: user.createdAt.toISOString(),
      updated_at: user.updatedAt.toISOString(),
    };
  });
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
  return { url, token: await tokens.issue(userId), userId };
}
