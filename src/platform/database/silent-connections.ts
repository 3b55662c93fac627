import type { Socket } from 'node:net';
import type pg from 'pg';

/** Missing from the types of pg. */
interface Wired {
  readonly connection: { readonly stream: Socket };
  readonly readyForQuery: boolean | null;
}

/** Closes connections that the network dropped silently: they would stay in the pool for ever. */
export function closeWhenSilent(client: pg.PoolClient, answerMs: number): void {
  const wired = client as unknown as Wired;
  const { stream } = wired.connection;
  stream.setTimeout(answerMs, () => {
    if (!wired.readyForQuery) stream.destroy(new Error(`Connection terminated: no answer in ${answerMs} ms`));
  });
}
