import { inject } from 'vitest';
import { administer, databaseUrl } from './administer.js';
import { eventually } from './eventually.js';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

let counter = 0;

/** Retries while a background process of the server, which nobody may end, uses it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await eventually(() => administer(serverUrl, `drop database if exists ${name} with (force)`));
}

/** An empty, migrated database of its own on the PostgreSQL of the run; about 50 ms. */
export async function testDatabase(): Promise<TestDatabase> {
  const { url, template } = inject('databaseServer');
  counter += 1;
  const name = `test_${process.pid}_${Date.now().toString(36)}_${counter}`;
  await administer(url, `create database ${name} template ${template} strategy file_copy`);
  return { url: databaseUrl(url, name), drop: () => dropDatabase(url, name) };
}
