import { administer } from './administer.js';
import { eventually } from './eventually.js';

/** A start waits 2 s at most for its administrator, and a sign-in that comes too early counts as a failed one. */
export async function administratorExists(databaseUrl: string): Promise<void> {
  const query = `select 1 from accounts where role = 'ADMIN' and status = 'ACTIVE'`;
  await eventually(async () => {
    if ((await administer(databaseUrl, query)).length === 0) throw new Error('the administrator is not made yet');
  });
}
