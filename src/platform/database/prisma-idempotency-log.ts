import { Injectable } from '@nestjs/common';
import { IdempotencyKeyInUse } from '../../contract/built-in-failures.js';
import {
  type CommandOutcome,
  IdempotencyLog,
  type IdempotentRequest,
  type StoredOutcome,
} from '../../pipeline/idempotency.js';
import { PrismaDatabase } from './prisma-database.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const SWEEP_ROWS = 1_000;

@Injectable()
export class PrismaIdempotencyLog extends IdempotencyLog {
  protected readonly keptMs: number = DAY_MS;

  constructor(private readonly database: PrismaDatabase) {
    super();
  }

  override async find({ scope, key }: IdempotentRequest): Promise<StoredOutcome | undefined> {
    const [row] = await this.database.query<{ fingerprint: string; outcome: string }>(
      `select encode(fingerprint, 'hex') as fingerprint, outcome from idempotency_keys
       where scope = $1 and key = $2 and expires_at > now()`,
      [scope, key],
    );
    return row && { fingerprint: row.fingerprint, outcome: JSON.parse(row.outcome) as CommandOutcome };
  }

  /** Two statements: one alone would read a snapshot from before it got the lock. */
  override async claim(request: IdempotentRequest): Promise<StoredOutcome | undefined> {
    const [lock] = await this.database.query<{ taken: boolean }>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken',
      [`${request.scope}\n${request.key}`],
    );
    if (!lock?.taken) throw new IdempotencyKeyInUse();
    return this.find(request);
  }

  override async record({ scope, key, fingerprint }: IdempotentRequest, outcome: CommandOutcome): Promise<void> {
    await this.database.query(
      `insert into idempotency_keys (scope, key, fingerprint, outcome, created_at, expires_at)
       values ($1, $2, decode($3, 'hex'), $4, now(), now() + $5::int * interval '1 millisecond')
       on conflict (scope, key) do update set fingerprint = excluded.fingerprint, outcome = excluded.outcome,
         created_at = excluded.created_at, expires_at = excluded.expires_at`,
      [scope, key, fingerprint, JSON.stringify(outcome), this.keptMs],
    );
  }

  async sweep(): Promise<number> {
    const deleted = await this.database.query(
      `delete from idempotency_keys where ctid = any(array(
         select ctid from idempotency_keys where expires_at <= now() limit $1 for update skip locked))
       returning 1 as deleted`,
      [SWEEP_ROWS],
    );
    return deleted.length === SWEEP_ROWS ? SWEEP_ROWS + (await this.sweep()) : deleted.length;
  }
}
