import { type RevocationEntry, type RevocationLog, type RevokedSubject } from '../../ports/revocations.js';
import { PolledRevocations, type PolledRevocationsOptions } from '../security/polled-revocations.js';
import type { PrismaDatabase } from './prisma-database.js';
import { PrismaTransaction } from './prisma-transaction.js';

interface Row {
  readonly sequence: bigint;
  readonly subject: RevokedSubject;
  readonly revoked_at: Date;
  readonly expires_at: Date;
  readonly settled: boolean;
}

/** Longer than any transaction: rows may commit out of sequence order. */
const SETTLED_AFTER = `interval '60 seconds'`;

/** Polls for those of other processes; applies its own at commit. */
export class PrismaRevocations extends PolledRevocations implements RevocationLog {
  constructor(
    private readonly database: PrismaDatabase,
    options: PolledRevocationsOptions = {},
  ) {
    super(options);
  }

  override async revoke(subject: RevokedSubject, expiresAt: number): Promise<void> {
    const revokedAt = this.now();
    await this.database.query(
      `insert into revocations (subject, revoked_at, expires_at)
       values ($1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8)) returning sequence`,
      [subject, revokedAt, expiresAt],
    );
    const apply = () => this.known.add(subject, revokedAt, expiresAt);
    const transaction = PrismaTransaction.current;
    if (transaction) transaction.afterCommit.push(apply);
    else apply();
  }

  override async after(sequence: number, limit: number): Promise<readonly RevocationEntry[]> {
    const rows = await this.database.query<Row>(
      `select sequence, subject, revoked_at, expires_at, recorded_at < now() - ${SETTLED_AFTER} as settled
       from revocations where sequence > $1::bigint and expires_at > now() order by sequence limit $2::int`,
      [String(sequence), limit],
    );
    return rows.map((row) => ({
      sequence: Number(row.sequence),
      subject: row.subject,
      revokedAt: row.revoked_at.getTime(),
      expiresAt: row.expires_at.getTime() / 1000,
      isSettled: row.settled,
    }));
  }

  async sweep(): Promise<void> {
    await this.database.query('delete from revocations where expires_at <= now() returning sequence');
  }
}
