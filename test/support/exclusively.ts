import pg from 'pg';
import { inject } from 'vitest';

/** Waits until no other test, of this run or another one, has `name`; resolves with how to let it go. */
export async function exclusively(name: string): Promise<() => Promise<void>> {
  const client = new pg.Client(inject('databaseServer').url);
  await client.connect();
  await client.query('select pg_advisory_lock(hashtext($1))', [name]);
  return () => client.end();
}
