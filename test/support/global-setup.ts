import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { embeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/platform/database/migrations/migrate.js';
import { administer, databaseUrl } from './administer.js';

declare module 'vitest' {
  interface ProvidedContext {
    databaseServer: {
      readonly url: string;
      /** A migrated database, to be cloned for every test file that needs one. */
      readonly template: string;
    };
  }
}

/** One PostgreSQL for the run: that of DATABASE_URL, or an embedded one in a temporary folder. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL;
  const server = given ? { url: given, stop: async () => undefined } : await embeddedServer();
  const template = `template_${process.pid}`;
  // A run that was killed may have left one on a server that was given.
  await administer(server.url, `drop database if exists ${template} with (force)`);
  await administer(server.url, `create database ${template}`);
  await migrate(databaseUrl(server.url, template));
  project.provide('databaseServer', { url: server.url, template });
  return async () => {
    await administer(server.url, `drop database ${template} with (force)`);
    await server.stop();
  };
}

async function embeddedServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'test-database-'));
  process.once('exit', () => discard(dataDir));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  const server = await embeddedPostgres({ dataDir, fsync: false });
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { url: server.url('postgres'), stop };
}

/** vitest ends at once on a signal, without a teardown. */
function discard(dataDir: string): void {
  const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid');
  // empty while the server begins: it ends by itself then, for want of its folder
  const pid = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8'), 10) : Number.NaN;
  if (pid > 0) {
    process.kill(pid, 'SIGQUIT');
    awaitRemoval(pidFile);
  }
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** The last thing that a server does: what it writes before would keep its folder. */
function awaitRemoval(pidFile: string): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (let rounds = 0; existsSync(pidFile) && rounds < 1_000; rounds++) Atomics.wait(nothing, 0, 0, 10);
}
