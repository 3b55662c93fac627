import { ServiceUnavailable } from '../../../contract/built-in-failures.js';
import type { RedisConnection } from '../../../platform/cache/redis-connection.js';
import { Sessions } from '../application/sessions.js';
import { Session } from '../domain/session.js';

type Fields = Readonly<Record<string, string>>;

const sessionKey = (id: string) => `mstv:session:${id}`;
/** Session ids, scored by expiry. */
const indexKey = (userId: string) => `mstv:sessions-of:${userId}`;

/** Atomic. Sets only the fields that a renewal changes. */
const replaceIfUnchanged = `
if redis.call('HGET', KEYS[1], 'tokenHash') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'tokenHash', ARGV[2], 'previousTokenHash', ARGV[3], 'rotatedAt', ARGV[4])
return 1`;

/** Throws ServiceUnavailable while Redis is unavailable. */
export class RedisSessions extends Sessions {
  constructor(private readonly connection: RedisConnection) {
    super();
  }

  override find(id: string): Promise<Session | undefined> {
    return this.#ask(async (send) => fromFields(id, await send('HGETALL', (redis) => redis.hgetall(sessionKey(id)))));
  }

  /** Index first: a session outside it could not be removed with the others. */
  override add(session: Session): Promise<void> {
    const [index, key, expiresAt] = [indexKey(session.userId), sessionKey(session.id), session.expiresAt.getTime()];
    const createdAt = session.createdAt.getTime();
    return this.#ask(async (send) => {
      await send('ZREMRANGEBYSCORE', (redis) => redis.zremrangebyscore(index, '-inf', createdAt));
      await send('ZADD', (redis) => redis.zadd(index, expiresAt, session.id));
      await send('PEXPIREAT', (redis) => redis.pexpireat(index, expiresAt));
      await send('MULTI', (redis) => redis.multi().hset(key, toFields(session)).pexpireat(key, expiresAt).exec());
    });
  }

  override replace({ id, ...session }: Session, tokenHash: string): Promise<boolean> {
    const { tokenHash: next, previousTokenHash = '', rotatedAt } = session;
    const changed = [next, previousTokenHash, String(rotatedAt?.getTime() ?? '')];
    return this.#ask(async (send) => {
      const args = [sessionKey(id), tokenHash, ...changed];
      return (await send('EVAL', (redis) => redis.eval(replaceIfUnchanged, 1, ...args))) === 1;
    });
  }

  override remove(id: string): Promise<void> {
    return this.#ask(async (send) => {
      const userId = await send('HGET', (redis) => redis.hget(sessionKey(id), 'userId'));
      await send('DEL', (redis) => redis.del(sessionKey(id)));
      if (userId !== null) await send('ZREM', (redis) => redis.zrem(indexKey(userId), id));
    });
  }

  override idsOf(userId: string): Promise<readonly string[]> {
    return this.#ask((send) => send('ZRANGE', (redis) => redis.zrange(indexKey(userId), 0, -1)));
  }

  override async removeAllOf(userId: string): Promise<readonly string[]> {
    const ids = await this.idsOf(userId);
    await this.#ask(async (send) => {
      for (const id of ids) await send('DEL', (redis) => redis.del(sessionKey(id)));
      if (ids.length > 0) await send('ZREM', (redis) => redis.zrem(indexKey(userId), ...ids));
    });
    return ids;
  }

  /** Redis expires them. */
  override async removeExpired(): Promise<void> {}

  async #ask<T>(work: (send: RedisConnection['send']) => Promise<T>): Promise<T> {
    try {
      return await work((command, run) => this.connection.send(command, run));
    } catch (cause) {
      // `never`: the service itself is available, and serves what needs no Redis
      throw new ServiceUnavailable({ cause, retryAfterSeconds: 1, retry: 'never' });
    }
  }
}

const instant = (milliseconds: string | undefined) => new Date(Number(milliseconds));

function fromFields(id: string, fields: Fields): Session | undefined {
  const { userId, tenantId, tokenHash, previousTokenHash, rotatedAt, expiresAt, createdAt } = fields;
  if (userId === undefined || tenantId === undefined || tokenHash === undefined) return undefined;
  return new Session({
    id,
    userId,
    tenantId,
    tokenHash,
    previousTokenHash,
    rotatedAt: rotatedAt === undefined ? undefined : instant(rotatedAt),
    expiresAt: instant(expiresAt),
    createdAt: instant(createdAt),
  });
}

const toFields = ({ userId, tenantId, tokenHash, expiresAt, createdAt }: Session): Fields => ({
  userId,
  tenantId,
  tokenHash,
  expiresAt: String(expiresAt.getTime()),
  createdAt: String(createdAt.getTime()),
});
