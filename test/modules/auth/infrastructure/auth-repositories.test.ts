import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../../../src/contract/built-in-failures.js';
import { newId } from '../../../../src/contract/values.js';
import { RedisSessions } from '../../../../src/modules/auth/infrastructure/redis-sessions.repository.js';
import { RedisConnection } from '../../../../src/platform/cache/redis-connection.js';
import { engines } from '../../adapters.js';
import { accountsBehaviour } from '../accounts.behaviour.js';
import { sessionsBehaviour } from '../sessions.behaviour.js';

for (const [engine, open] of engines) {
  accountsBehaviour(engine, open);
  sessionsBehaviour(engine, open);
}

const redisUrl = process.env.REDIS_URL;
const silent = { warn: () => undefined, log: () => undefined };

describe.skipIf(!redisUrl)('with REDIS_URL', () => {
  sessionsBehaviour('Redis', async () => {
    const connection = new RedisConnection(redisUrl ?? '', silent);
    return { sessions: new RedisSessions(connection), close: () => connection.close() };
  });
});

test('sessions in a Redis that is away are unavailable, which callers may try again', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const connection = new RedisConnection(`redis://127.0.0.1:${port}`, silent);
  await expect(new RedisSessions(connection).find(newId())).rejects.toThrow(ServiceUnavailable);
  await connection.close();
});
