import Fastify from 'fastify';
import mercurius from 'mercurius';
import { z } from 'zod';
import { QueryHandler } from '@nestjs/cqrs';
import { createSpecimenApplication } from '../support/specimen-application.js';
import { graphqlModule } from '../../src/protocols/graphql/graphql.module.js';
import { module } from '../../src/contract/module.js';
import { query } from '../../src/contract/operation.js';
import { can, grant } from '../../src/contract/access.js';
import { Id } from '../../src/contract/values.js';
import { UserView } from '../../src/modules/users/contract/index.js';
import { MemoryRateLimiter } from './limiter.js';

class GetUser extends query({ input: z.object({ id: Id }), output: UserView, access: can('read', 'User'), rest: 'GET /users/:id' }) {}
const contract = module('users', { GetUser }, { grants: [grant('ADMIN', ['manage'], 'User')] });
const user = { id: '01890000-0000-7000-8000-000000000001', email: 'ada@example.com', name: 'Ada', createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' };
const db = new Map([[user.id, user]]);
@QueryHandler(GetUser) class GetUserHandler { async execute({ input }: any) { const u = db.get(input.id); if (!u) throw new Error('x'); return u; } }
const a = await createSpecimenApplication({ modules: [contract], handlers: [GetUserHandler], ...(process.argv[2] === 'limits' && { rateLimiter: new MemoryRateLimiter() as any, pipeline: { limits: { enabled: true, address: { quota: 1e9, windowSeconds: 1 }, caller: { quota: 1e9, windowSeconds: 1 }, operations: {} } } }), imports: [graphqlModule({ introspection: true, graphiql: true, webSocket: { payloadBytes: 65536, origins: [] } })] });
await a.app.listen(0, '127.0.0.1');
const token = await a.token('ADMIN');

const f = Fastify();
const known = new Map<string, { exp: number; role: string }>([[token, { exp: Date.now() / 1000 + 3600, role: 'ADMIN' }]]);
const Input = z.object({ id: z.uuid() });
await f.register(mercurius, {
  schema: 'type User { id: ID! email: String! name: String createdAt: String! updatedAt: String! } type Query { user(id: ID!): User }',
  jit: 1,
  context: (request) => { const c = known.get((request.headers.authorization ?? '').slice(7)); if (!c || c.exp < Date.now() / 1000) throw new Error('unauthenticated'); return { claims: c }; },
  resolvers: { Query: { user: async (_: unknown, args: unknown, { claims }: any) => { if (claims.role !== 'ADMIN') throw new Error('denied'); const { id } = Input.parse(args); const u = db.get(id); if (!u) throw new Error('not found'); return u; } } },
});
await f.listen({ port: 0, host: '127.0.0.1' });
process.send!({ ours: (await a.app.getUrl()) + '/graphql', raw: `http://127.0.0.1:${(f.server.address() as any).port}/graphql`, token });
process.on('SIGINT', () => process.exit(0));
process.on('message', () => process.send!(process.cpuUsage()));
