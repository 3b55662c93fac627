import { inject } from 'vitest';
import { administer } from './administer.js';

const { PGBOUNCER_URL } = process.env;

export const hasPgBouncer = Boolean(PGBOUNCER_URL);

/** What a database or a role may be set to, each of which breaks something that is not prepared for it. */
const unusual = {
  DateStyle: 'German, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: `'Asia/Tokyo'`,
  bytea_output: 'escape',
  default_transaction_isolation: 'serializable',
  idle_in_transaction_session_timeout: `'50ms'`,
  lock_timeout: `'20ms'`,
  standard_conforming_strings: 'off',
};

/**
 * Not for a pooler: it would end connections that the pooler gives to other clients. Longer than a busy machine takes from
 * connecting to the first statement.
 */
const endsIdle = { idle_session_timeout: `'30s'` };

/** For the connections from now on. */
export async function setUnusually(databaseUrl: string, { isPooled }: { isPooled: boolean }): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const settings = Object.entries({ ...unusual, ...(isPooled ? {} : endsIdle) }).map(
    ([setting, value]) => `alter database ${name} set ${setting} = ${value}`,
  );
  await administer(inject('databaseServer').url, settings.join('; '));
}

/** The same database. */
export function behindPgBouncer(databaseUrl: string): string {
  const pooled = new URL(PGBOUNCER_URL ?? '');
  pooled.pathname = new URL(databaseUrl).pathname;
  return pooled.href;
}
