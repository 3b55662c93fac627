import type { Socket } from 'node:net';
import type pg from 'pg';

/** pg's client, as its types leave it out. */
interface Wired {
  readonly connection: { readonly stream: Socket };
  readonly readyForQuery: boolean | null;
}

/**
 * Closes a connection on which a statement has run for `answerMs` without an answer. Nobody else closes one that the
 * network has dropped, and it would stay in the pool for ever.
 */
export function closeWhenSilent(client: pg.PoolClient, answerMs: number): void {
  const wired = client as unknown as Wired;
  const { stream } = wired.connection;
  stream.setTimeout(answerMs, () => {
    if (!wired.readyForQuery) stream.destroy(new Error(`Connection terminated: no answer in ${answerMs} ms`));
  });
}
