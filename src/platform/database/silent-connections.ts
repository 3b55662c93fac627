import type { Socket } from 'node:net';
import type pg from 'pg';

/** Of pg's client, whose types leave it out. */
interface Wired {
  readonly connection: { readonly stream: Socket };
  /** No statement is running. */
  readonly readyForQuery: boolean | null;
}

/**
 * Closes a connection on which a statement has run for `answerMs` without a sign of the server. One that the network has
 * forgotten is neither answered nor closed by anybody else, and would keep its place in the pool for ever.
 */
export function closeWhenSilent(client: pg.PoolClient, answerMs: number): void {
  const wired = client as unknown as Wired;
  const { stream } = wired.connection;
  stream.setTimeout(answerMs, () => {
    if (!wired.readyForQuery) stream.destroy(new Error(`Connection terminated: no answer in ${answerMs} ms`));
  });
}
