import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisConnection } from './redis-connection.js';

type Options = ConstructorParameters<typeof RateLimiterRedis>[0];

/** Every store of the package has them; its types leave them out. */
interface Steps {
  _upsert(...args: readonly unknown[]): Promise<unknown>;
  _get(...args: readonly unknown[]): Promise<unknown>;
  _delete(...args: readonly unknown[]): Promise<unknown>;
}

const Limiter = RateLimiterRedis as new (options: Options) => RateLimiterRedis & Steps;

/** Asks Redis in spans. Refusals from memory ask nobody. */
export class RecordedLimiter extends Limiter {
  constructor(
    private readonly connection: RedisConnection,
    options: Omit<Options, 'storeClient'>,
  ) {
    super({ ...options, storeClient: connection.client });
  }

  override _upsert(...args: readonly unknown[]): Promise<unknown> {
    return this.connection.send('EVALSHA', () => super._upsert(...args));
  }

  override _get(...args: readonly unknown[]): Promise<unknown> {
    return this.connection.send('MULTI', () => super._get(...args));
  }

  override _delete(...args: readonly unknown[]): Promise<unknown> {
    return this.connection.send('DEL', () => super._delete(...args));
  }
}
