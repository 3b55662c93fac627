import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../scripts/gates/command.js';
import { outdatedPages } from '../../scripts/gates/documentation.js';
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

const documented = {
  'README.md':
    'See [calls](docs/calls.md#the-way-of-a-call), `src/pipeline/call.ts`, `call.ts` and `src/pipeline/*.ts`.\n',
  'docs/calls.md': '# Calls\n\n## The way of a call\n\n```ts\nimport { a } from "./not-a-path.ts";\n```\n',
  'src/pipeline/call.ts': 'export const a = 1;\n',
};

test('pages that name what is there pass, and so do files that a tutorial has its reader write', () => {
  const tutorial =
    '```text\nsrc/modules/notes/  note.ts\n```\n\n```ts src/modules/notes/note.ts\nexport const b = 2;\n```\n';
  expect(outdatedPages(plant({ ...documented, 'docs/notes.md': tutorial }))).toEqual([]);
});

test('a tutorial that has been followed passes', () => {
  const tutorial =
    '```ts src/modules/notes/note.ts\nexport const b = 2;\n```\n\n```diff src/pipeline/call.ts\n-export const a = 0;\n+export const a = 1;\n```\n';
  const followed = { ...documented, 'src/modules/notes/note.ts': 'export const b = 2;\n' };
  expect(outdatedPages(plant({ ...followed, 'docs/notes.md': tutorial }))).toEqual([]);
});

test.each([
  ['`src/call.ts`', 'src/call.ts does not exist; there is src/pipeline/call.ts'],
  ['```text\n1 context   pipeline/context.ts\n```', 'pipeline/context.ts does not exist'],
  ['`src/protocols/` and `src/gateway/`', 'src/protocols/ does not exist'],
  ['`src/*-call.ts`', 'src/*-call.ts does not exist'],
  ['[calls](call.md)', 'the link to call.md leads nowhere'],
  ['[calls](calls.md#steps)', 'docs/calls.md has no heading for #steps'],
  [
    '```diff src/pipeline/call.ts\n-export const a = 2;\n+export const a = 3;\n```',
    'its change of src/pipeline/call.ts does not apply: these lines are not there:\nexport const a = 2;',
  ],
])('a page that is out of date is refused: %s', (text, complaint) => {
  const root = plant({ ...documented, 'src/gateway/a.ts': '', 'docs/page.md': `${text}\n` });
  expect(outdatedPages(root)).toEqual([`docs/page.md: ${complaint}`]);
});
