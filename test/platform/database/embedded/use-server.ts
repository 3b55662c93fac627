import { once } from 'node:events';
import pg from 'pg';
import { embeddedPostgres } from '../../../../src/platform/database/embedded/embedded-postgres.js';

/** Uses the server of the folder in its first argument until its standard input ends. */
const [, , dataDir = ''] = process.argv;
try {
  const server = await embeddedPostgres({ dataDir });
  await server.ensureDatabase('shop');
  const client = new pg.Client(server.url('shop'));
  await client.connect();
  const { rows } = await client.query('select pg_backend_pid() as backend');
  await client.end();
  process.stdout.write(`${JSON.stringify({ port: server.port, backend: rows[0].backend })}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  process.stdout.write(`${JSON.stringify({ left: await server.stop() })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
  process.exitCode = 1;
}
