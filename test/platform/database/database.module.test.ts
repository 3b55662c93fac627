import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configModule } from '../../../src/platform/config/config.module.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';
import { databaseModule } from '../../../src/platform/database/database.module.js';
import { removeEmbeddedData } from '../../../src/platform/database/embedded/remove-data.js';
import { findServer } from '../../../src/platform/database/embedded/server-process.js';
import { MigrationError } from '../../../src/platform/database/migrations/migration-files.js';
import { openDatabase } from '../../../src/platform/database/open-database.js';
import { PrismaDatabase } from '../../../src/platform/database/prisma-database.js';
import { UnitOfWork } from '../../../src/ports/unit-of-work.js';
import { administer } from '../../support/administer.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'module-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const production = {
  NODE_ENV: 'production',
  JWT_SECRET: 'q7Zr1vXw9Tn3Lk5Hs8Gd2Jf4Pa6Bm0Yc-Ue',
  REDIS_URL: 'redis://cache:6379',
  MQTT_URL: 'mqtt://broker:1883',
};

const configuration = (env: Record<string, string> = {}) => loadConfiguration({ DATA_DIR: dataDir, ...env });
const quiet = () => undefined;
const serverRuns = async () => (await findServer(join(dataDir, 'postgres', 'data'))) !== undefined;

function application(env?: Record<string, string>) {
  @Module({ imports: [configModule(configuration(env)), databaseModule()] })
  class App {}
  return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
}

describe('the database module', () => {
  test('without DATABASE_URL starts and migrates a database of the service, and stops it with the application', async () => {
    const app = await application();
    const database = app.get(PrismaDatabase);
    expect(await database.query('select current_database() as name')).toEqual([{ name: 'monolith' }]);
    const users = await app.get(UnitOfWork).run(() => database.client.user.findMany());
    expect(users).toEqual([]);
    expect(await serverRuns()).toBe(true);
    await app.close();
    expect(await serverRuns()).toBe(false);
  });

  describe('with a database of its own', () => {
    let created: TestDatabase;
    beforeEach(async () => {
      created = await testDatabase();
    });
    afterEach(() => created.drop());

    test('uses it, and starts nothing', async () => {
      const app = await application({ DATABASE_URL: created.url });
      await expect(app.get(PrismaDatabase).health.check()).resolves.toBeUndefined();
      await app.close();
      expect(readdirSync(dataDir)).toEqual([]);
    });

    test.each([
      ['column', 'alter table users drop column account_behind', /The column `users.account_behind` does not exist/],
      ['table', 'drop table revocations', /The table `public.revocations` does not exist .* write the migration/],
    ])('does not start without a %s that no migration makes', async (_, sql, message) => {
      await administer(created.url, sql);
      const opening = openDatabase(configuration({ DATABASE_URL: created.url }), quiet);
      await expect(opening).rejects.toThrow(MigrationError);
      await expect(opening).rejects.toThrow(message);
    });

    test('in production does not migrate it, and does not start without the migrations', async () => {
      const env = { ...production, DATABASE_URL: created.url };
      const database = await openDatabase(configuration(env), quiet);
      await database.query('delete from _prisma_migrations');
      await database.close();
      await expect(openDatabase(configuration(env), quiet)).rejects.toThrow(
        /lacks the migrations .*run npm run migrate/,
      );
    });
  });
});

describe('removing the data', () => {
  test('stops a server that nobody uses, and leaves what is not its own', async () => {
    const database = await openDatabase(configuration(), quiet);
    await database.close();
    writeFileSync(join(dataDir, 'mine.txt'), '');
    expect(await removeEmbeddedData(dataDir)).toBe('removed');
    expect(readdirSync(dataDir)).toEqual(['mine.txt']);
    expect(await removeEmbeddedData(dataDir)).toBe('removed');
  });

  test('is refused while a process uses it', async () => {
    const database = await openDatabase(configuration(), quiet);
    expect(await removeEmbeddedData(dataDir)).toBe('in use');
    await expect(database.health.check()).resolves.toBeUndefined();
    await database.close();
  });
});
