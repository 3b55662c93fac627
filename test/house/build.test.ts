import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, globSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inHouse, lendPackages, plant, runNode } from './planted-tree.js';

const isRoot = process.getuid?.() === 0;
const swcVersion = { devDependencies: { '@swc/core': '1.0.0' } };

const sources = {
  'package.json': JSON.stringify({ type: 'module', ...swcVersion }),
  '.swcrc': readFileSync(inHouse('.swcrc'), 'utf8'),
  'src/main.ts': "import { answer } from './deep/answer.js';\n\nconsole.log(answer satisfies number);\n",
  'src/deep/answer.ts': 'export const answer: number = 42;\n',
};

function project(files: Record<string, string> = {}) {
  const root = plant({ ...sources, ...files });
  lendPackages(root);
  return root;
}

const installed = (name: string, code: string, description: object = {}) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({
    name,
    type: 'module',
    exports: './index.js',
    ...description,
  }),
  [`node_modules/${name}/index.js`]: code,
});

const build = (root: string) => runNode(root, [inHouse('scripts/build.mjs')]);
const run = (root: string) => runNode(root, ['--enable-source-maps', 'dist/bundle/main.js']).output;
const written = (root: string, file: string) => statSync(join(root, file)).mtimeMs;

test('the built program runs', () => {
  const root = project();
  expect(build(root).output).toBe('');
  expect(run(root)).toBe('42\n');
});

test('a fresh build writes nothing', () => {
  const root = project();
  build(root);
  const before = written(root, 'dist/.build.json');
  build(root);
  expect(written(root, 'dist/.build.json')).toBe(before);
});

test('only what changed is compiled again', () => {
  const root = project();
  build(root);
  const untouched = written(root, 'dist/main.js');
  writeFileSync(join(root, 'src/deep/answer.ts'), 'export const answer: number = 43_000;\n');
  build(root);
  expect(run(root)).toBe('43000\n');
  expect(written(root, 'dist/main.js')).toBe(untouched);
});

test('the documents that a process serves are part of the build, and follow their source', () => {
  const root = project({ 'src/schemas/openapi.json': '{"first":1}', 'src/schemas/accepted-breaks.json': '[]' });
  build(root);
  const served = join(root, 'dist/schemas/openapi.json');
  expect(readFileSync(served, 'utf8')).toBe('{"first":1}');
  expect(existsSync(join(root, 'dist/schemas/accepted-breaks.json'))).toBe(false);
  writeFileSync(join(root, 'src/schemas/openapi.json'), '{"second":22}');
  build(root);
  expect(readFileSync(served, 'utf8')).toBe('{"second":22}');
});

test('a removed source leaves the build', () => {
  const root = project({ 'src/old.ts': 'export const old = 1;\n' });
  build(root);
  expect(existsSync(join(root, 'dist/old.js'))).toBe(true);
  rmSync(join(root, 'src/old.ts'));
  build(root);
  expect(existsSync(join(root, 'dist/old.js'))).toBe(false);
  expect(existsSync(join(root, 'dist/old.js.map'))).toBe(false);
});

test('another compiler setting compiles everything again', () => {
  const root = project();
  build(root);
  writeFileSync(
    join(root, '.swcrc'),
    readFileSync(inHouse('.swcrc'), 'utf8').replace('"sourceMaps"', '"minify": true,\n"sourceMaps"'),
  );
  build(root);
  expect(readFileSync(join(root, 'dist/deep/answer.js'), 'utf8')).toMatch(/^export const answer=42/);
});

test('a stack trace names the source', () => {
  const root = project({ 'src/main.ts': 'interface Gone {}\n\nthrow new Error("seen");\n' });
  build(root);
  expect(run(root)).toContain('src/main.ts:3:7');
});

test('what runs is bundled with packages of many modules and with what depends on them', () => {
  const main = `import { one } from 'rxjs';
import { two } from 'on-rxjs';
import { three } from 'other';
console.log(one, two, three);`;
  const root = plant({
    ...sources,
    'src/main.ts': main,
    ...installed('@swc/core', ''),
    ...installed('prisma', ''),
    ...installed('rxjs', 'export const one = 1;'),
    ...installed('on-rxjs', "export { one as two } from 'rxjs';", { peerDependencies: { rxjs: '*' } }),
    ...installed('other', 'export const three = 3;'),
  });
  expect(build(root).output).toBe('');
  const bundled = readFileSync(join(root, 'dist/bundle/main.js'), 'utf8');
  expect([...bundled.matchAll(/from "(.*)"/g)].map(([, name]) => name)).toEqual(['other']);
  expect(run(root)).toBe('1 1 3\n');
});

test('a bundled module finds the files that lie beside its source', () => {
  const root = project({
    'src/main.ts': "import './deep/answer.js';\n",
    'src/deep/answer.ts':
      "import { readFileSync } from 'node:fs';\n\nprocess.stdout.write(readFileSync(new URL('answer.txt', import.meta.url)));\n",
    'src/deep/answer.txt': '42\n',
  });
  build(root);
  expect(run(root)).toBe('42\n');
});

test('a build leaves the modules that a running process may still load', () => {
  const root = project({
    'src/main.ts': "const { answer } = await import('./deep/answer.js');\n\nconsole.log(answer);\n",
  });
  build(root);
  const modules = () => globSync('answer-*.js', { cwd: join(root, 'dist/bundle') });
  const [first = ''] = modules();
  writeFileSync(join(root, 'src/deep/answer.ts'), 'export const answer: number = 43;\n');
  build(root);
  expect(run(root)).toBe('43\n');
  expect(modules()).toHaveLength(2);
  const longAgo = new Date(0);
  utimesSync(join(root, 'dist/bundle', first), longAgo, longAgo);
  writeFileSync(join(root, 'src/deep/answer.ts'), 'export const answer: number = 44_000;\n');
  build(root);
  expect(modules()).not.toContain(first);
});

test('a syntax error fails and names the place', () => {
  const { status, output } = build(project({ 'src/main.ts': 'const x = ;\n' }));
  expect(status).toBe(1);
  expect(output).toContain('src/main.ts:1');
});

test('a lock that a killed build left behind does not block', async () => {
  const root = plant({
    'package.json': JSON.stringify({ type: 'module', ...swcVersion }),
    'lock.mjs': `import { alone } from '${inHouse('scripts/build/lock.mjs')}';\nawait alone(() => console.log('alone'));\n`,
  });
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  const locked = plant({ 'node_modules/.cache/build.lock': String(child.pid) });
  expect(runNode(locked, [join(root, 'lock.mjs')]).output).toBe('alone\n');
});

test('two builds of one folder take turns', async () => {
  const program = `import { alone } from '${inHouse('scripts/build/lock.mjs')}';
import { readFileSync, writeFileSync } from 'node:fs';
for (let i = 0; i < 50; i++) {
  await alone(async () => {
    const count = Number(readFileSync('count', 'utf8'));
    await new Promise(setImmediate);
    writeFileSync('count', String(count + 1));
  });
}`;
  const root = plant({ count: '0', 'add.mjs': program });
  const children = [1, 2].map(() => spawn(process.execPath, ['add.mjs'], { cwd: root }));
  await Promise.all(children.map((child) => once(child, 'exit')));
  expect(readFileSync(join(root, 'count'), 'utf8')).toBe('100');
});

test.skipIf(isRoot && !existsSync('/usr/bin/setpriv'))(
  'a folder that cannot be written is named, and one that is built is enough',
  () => {
    const root = project();
    const asOther = isRoot ? ['setpriv', '--reuid=4711', '--regid=4711', '--clear-groups'] : [];
    const buildReadOnly = () => {
      const [command = process.execPath, ...args] = [...asOther, process.execPath, inHouse('scripts/build.mjs')];
      return spawnSync(command, args, { cwd: root, encoding: 'utf8' });
    };
    chmodSync(root, 0o555);
    const { status, stderr } = buildReadOnly();
    expect(stderr).toMatch(
      /^The program has to be built again, and this folder cannot be written \((EACCES|EPERM).*\n$/,
    );
    expect(status).toBe(1);
    chmodSync(root, 0o755);
    expect(build(root).output).toBe('');
    chmodSync(root, 0o555);
    expect(buildReadOnly()).toMatchObject({ status: 0, stderr: '' });
    chmodSync(root, 0o755);
  },
);

test('without compilers the built program stays as it is, and its absence is explained', () => {
  const bare = plant({ 'package.json': '{}' });
  const { status, output } = build(bare);
  expect(status).toBe(1);
  expect(output).toContain('npm ci');
  expect(build(plant({ 'package.json': '{}', 'dist/main.js': '' })).status).toBe(0);
});
