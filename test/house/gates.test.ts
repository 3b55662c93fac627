import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../scripts/gates/command.js';
import { environmentReaders } from '../../scripts/gates/environment.js';
import { completeLockfile, incompletePlatforms } from '../../scripts/gates/lockfile.js';
import { unwantedNames } from '../../scripts/gates/names.js';
import { crossedTables } from '../../scripts/gates/tables.js';
import { plant } from './planted-tree.js';

test.each([
  ['passes when its program ends with 0', 'console.log("done")', true],
  ['fails when its program does not', 'console.error("done"); process.exit(3)', false],
])('a gate %s, and shows the output', async (_, program, passed) => {
  expect(await command('gate', 'Fix it.', ['--eval', program]).run()).toEqual({ passed, output: 'done' });
});

test.each([
  'export const a = process.env.A;',
  "export const a = process['env'].A;",
  'const { env } = process;',
  'const { argv, env: variables } = globalThis.process;',
])('only platform/config reads the environment: %s', (text) => {
  const root = plant({
    'src/platform/config/a.ts': text,
    'src/platform/mail/a.ts': text,
    'src/b.ts': 'process.exit();',
  });
  expect(environmentReaders(root)).toEqual(['src/platform/mail/a.ts: reads process.env']);
});

test.each([
  'src/utils/a.ts',
  'src/users/helpers.ts',
  'src/common/a.ts',
  'test/shared.ts',
  'src/string-utils.ts',
  'src/a-helper.ts',
])('a name that says nothing is refused: %s', (path) => {
  expect(unwantedNames(plant({ [path]: '' }))).toEqual([`${path}: the name says nothing`]);
});

test.each(['class UserServiceImpl', 'interface IUsers', 'class SessionManager', 'type DateHelper'])(
  'a type that says nothing is refused: %s',
  (declaration) => {
    expect(unwantedNames(plant({ 'src/a.ts': `export ${declaration} {}` }))).toHaveLength(1);
  },
);

test('names with a meaning pass', () => {
  const root = plant({
    'src/platform/security/common-passwords.ts': 'export class Issuer {}\ninterface Id {}\ninterface IdTokens {}',
  });
  expect(unwantedNames(root)).toEqual([]);
});

test("an index file is refused outside a module's contract", () => {
  const root = plant({ 'src/modules/a/contract/index.ts': '', 'src/platform/index.ts': '' });
  expect(unwantedNames(root)).toEqual(["src/platform/index.ts: only a module's contract/ has an index.ts"]);
});

const schema = {
  'prisma/schema/users.prisma': 'model User {\n  id String @id\n  @@map("users")\n}\n',
  'prisma/schema/auth.prisma': 'model Account {\n  id String @id\n  user_id String\n  @@map("accounts")\n}\n',
};

test('modules that keep to their own tables pass', () => {
  const root = plant({
    ...schema,
    'prisma/migrations/1/migration.sql': 'CREATE TABLE "sessions" ("id" text REFERENCES "accounts" ("id"));',
    'src/modules/users/infrastructure/a.ts': 'this.client.user.findMany(); sql`select * from users`;',
  });
  expect(crossedTables(root)).toEqual([]);
});

test.each([
  ['a relation', { 'prisma/schema/auth.prisma': 'model Account {\n  user User @relation(fields: [id])\n}\n' }],
  [
    'a foreign key',
    { 'prisma/migrations/1/migration.sql': 'create table accounts (id text references "users" (id));' },
  ],
  [
    'an added foreign key',
    {
      'prisma/migrations/1/migration.sql':
        'ALTER TABLE "accounts" ADD CONSTRAINT "a" FOREIGN KEY ("id") REFERENCES "users"("id");',
    },
  ],
  [
    'a join',
    { 'src/modules/auth/infrastructure/a.ts': 'sql`select 1 from accounts a join users u on u.id = a.user_id`;' },
  ],
  ['a query', { 'src/modules/auth/infrastructure/a.ts': 'transaction.user.findUnique({ where: { id } });' }],
])('%s across modules is refused', (_, files) => {
  expect(crossedTables(plant({ ...schema, ...files }))).toHaveLength(1);
});

const partialLock = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'a' },
    'node_modules/tool': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: {
        '@tool/linux-x64-gnu': '1.0.0',
        '@tool/linux-arm64-musl': '1.0.0',
        '@tool/win32-x64-msvc': '1.0.0',
      },
    },
    'node_modules/@tool/linux-x64-gnu': { version: '1.0.0', dev: true, optional: true },
  },
};

test('a lock without the packages of other platforms is found and completed', () => {
  const root = plant({ 'package-lock.json': JSON.stringify(partialLock) });
  expect(incompletePlatforms(root)).toEqual([
    'node_modules/tool wants @tool/linux-arm64-musl@1.0.0',
    'node_modules/tool wants @tool/win32-x64-msvc@1.0.0',
  ]);
  completeLockfile(root);
  expect(incompletePlatforms(root)).toEqual([]);
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  expect(packages['node_modules/@tool/linux-arm64-musl']).toEqual({
    version: '1.0.0',
    cpu: ['arm64'],
    libc: ['musl'],
    os: ['linux'],
    dev: true,
    optional: true,
  });
});
