import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../../../src/contract/built-in-failures.js';
import { newId } from '../../../../src/contract/values.js';
import { type AccessTokenSubject, AccessTokens } from '../../../../src/modules/auth/application/access-tokens.js';
import {
  ChangeAccountRole,
  CloseAccount,
  DisableAccount,
  InvalidRefreshToken,
  Login,
  Logout,
  RefreshSession,
} from '../../../../src/modules/auth/contract/index.js';
import { RedisSessions } from '../../../../src/modules/auth/infrastructure/redis-sessions.repository.js';
import { GetMe } from '../../../../src/modules/users/contract/index.js';
import { RedisConnection } from '../../../../src/platform/cache/redis-connection.js';
import { Bus } from '../../../../src/ports/bus.js';
import { type Adapters, engines, memoryAdapters } from '../../adapters.js';
import { createModulesApplication, type ModulesApplication, password } from '../../modules-application.js';

const redisUrl = process.env.REDIS_URL;

async function redisAdapters(): Promise<Adapters> {
  const connection = new RedisConnection(redisUrl ?? '');
  const sessions = new RedisSessions(connection);
  return { ...(await memoryAdapters()), sessions, close: () => connection.close() };
}

const stores = [...engines, ...(redisUrl ? [['Redis', redisAdapters] as const] : [])];

test.skipIf(redisUrl)('sessions over Redis need REDIS_URL', () => undefined);

describe.each(stores)('a session over %s', (_, open) => {
  let app: ModulesApplication;
  beforeAll(async () => {
    app = await createModulesApplication({ adapters: await open() });
  });
  afterAll(() => app?.close());

  const refresh = (refreshToken: string) => app.call(new RefreshSession({ refreshToken }));
  const expectEnded = async ({ token, refreshToken }: { token: string; refreshToken: string }) => {
    await expect(app.call(new GetMe(), { token })).rejects.toThrow(Unauthenticated);
    await expect(refresh(refreshToken)).rejects.toThrow(InvalidRefreshToken);
  };

  test('is renewed with a token of its own each time', async () => {
    const first = await app.register();
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(new Set([first.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
    expect(await app.call(new GetMe(), third)).toEqual(first.user);
    expect(third).not.toHaveProperty('user');
  });

  test('is renewed with an expired access token at hand', async () => {
    const { refreshToken } = await app.register();
    const renewed = await app.call(new RefreshSession({ refreshToken }), { token: 'no.longer.valid' });
    expect(renewed).toHaveProperty('token');
  });

  test('continues when two tabs renew it one right after the other', async () => {
    const first = await app.register();
    const second = await refresh(first.refreshToken);
    await expect(refresh(first.refreshToken)).rejects.toThrow(InvalidRefreshToken);
    expect(await app.call(new GetMe(), second)).toEqual(first.user);
    expect(await refresh(second.refreshToken)).toHaveProperty('token');
  });

  test('ends with its access tokens when the former token is shown later', async () => {
    const first = await app.register();
    const second = await refresh(first.refreshToken);
    app.clock.advance(6);
    await expect(refresh(first.refreshToken)).rejects.toThrow(InvalidRefreshToken);
    await expectEnded(second);
  });

  test('ends when a token is shown that is older than the former one, however soon', async () => {
    const first = await app.register();
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.refreshToken);
    await expect(refresh(first.refreshToken)).rejects.toThrow(InvalidRefreshToken);
    await expectEnded(third);
  });

  test('continues when someone who knows its id from an access token sends a wrong secret', async () => {
    const first = await app.register();
    const second = await refresh(first.refreshToken);
    const [id = ''] = second.refreshToken.split('.');
    const other = await app.call(new Login({ email: first.user.email, password }));
    const [, secretOfAnother] = other.refreshToken.split('.');
    for (const secret of ['A'.repeat(43), 'A'.repeat(75), 'x', secretOfAnother])
      await expect(refresh(`${id}.${secret}`)).rejects.toThrow(InvalidRefreshToken);
    app.clock.advance(6);
    expect(await app.call(new GetMe(), second)).toEqual(first.user);
    expect(await refresh(second.refreshToken)).toHaveProperty('token');
  });

  test('that ends leaves the others of its user alone', async () => {
    const { user, ...one } = await app.register();
    const other = await app.call(new Login({ email: user.email, password }));
    await app.call(new Logout(), one);
    await expectEnded(one);
    expect(await app.call(new GetMe(), other)).toEqual(user);
    expect(await refresh(other.refreshToken)).toHaveProperty('token');
  });

  test('has one live chain after fifty renewals at once', async () => {
    const first = await app.register();
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => refresh(first.refreshToken)));
    const renewed = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(renewed).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidRefreshToken);
    const [live] = renewed;
    expect(await app.call(new GetMe(), { token: live?.token ?? '' })).toEqual(first.user);
    expect(await refresh(live?.refreshToken ?? '')).toHaveProperty('token');
  });

  test('expires a day after the login, however often it is renewed', async () => {
    const { refreshToken } = await app.register();
    app.clock.advance(86_000);
    const renewed = await refresh(refreshToken);
    app.clock.advance(500);
    await expect(refresh(renewed.refreshToken)).rejects.toThrow(InvalidRefreshToken);
  });

  test('of a closed account ends, and so do its access tokens', async () => {
    const { user, ...one } = await app.register();
    const other = await app.call(new Login({ email: user.email, password }));
    await app.specimen.get(Bus).asService.execute(new CloseAccount({ userId: user.id }));
    for (const ended of [one, other]) await expectEnded(ended);
  });

  test.each(['nonsense', `${newId()}.secret`, '.', 'x'.repeat(4096)])('is not renewed by "%s"', async (token) => {
    await expect(refresh(token)).rejects.toThrow(InvalidRefreshToken);
  });
});

/** Issues at once, except when `pause` is set: then it waits for that first. */
class HesitantAccessTokens extends AccessTokens {
  pause: (() => Promise<unknown>) | undefined;

  constructor(private readonly tokens: AccessTokens) {
    super();
  }

  override get lifetimeSeconds() {
    return this.tokens.lifetimeSeconds;
  }

  override async issue(subject: AccessTokenSubject) {
    await this.pause?.();
    return this.tokens.issue(subject);
  }
}

const endings = [
  ['closed', (userId: string) => new CloseAccount({ userId })],
  ['disabled', (userId: string) => new DisableAccount({ userId })],
  ['promoted', (userId: string) => new ChangeAccountRole({ userId, role: 'ADMIN' })],
] as const;

test.each(endings)('a token that is issued while its account is %s does not work', async (_, end) => {
  let hesitant: HesitantAccessTokens | undefined;
  const app = await createModulesApplication({
    accessTokens: (tokens) => {
      hesitant = new HesitantAccessTokens(tokens);
      return hesitant;
    },
  });
  const { user, refreshToken } = await app.register();
  const endAccount = async () => {
    await app.specimen.get(Bus).asService.execute(end(user.id));
    const endedAt = Date.now();
    while (Date.now() === endedAt) await setImmediate();
  };
  if (hesitant) hesitant.pause = endAccount;
  const { token } = await app.call(new RefreshSession({ refreshToken }));
  await expect(app.call(new GetMe(), { token })).rejects.toThrow(Unauthenticated);
  await app.close();
});

describe('logging out', () => {
  let app: ModulesApplication;
  beforeAll(async () => {
    app = await createModulesApplication();
  });
  afterAll(() => app?.close());

  test('needs a session, and works once', async () => {
    await expect(app.call(new Logout())).rejects.toThrow(Unauthenticated);
    const credentials = await app.register();
    await expect(app.call(new Logout(), credentials)).resolves.toBeUndefined();
    await expect(app.call(new Logout(), credentials)).rejects.toThrow(Unauthenticated);
  });
});
