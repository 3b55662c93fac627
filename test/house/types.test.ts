import { expect, test } from 'vitest';
import { inHouse, lendPackages, plant, runNode } from './planted-tree.js';

const compile = (files: Record<string, string>) => {
  const compilerOptions = { tsBuildInfoFile: null, incremental: false };
  const root = plant({
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ extends: inHouse('tsconfig.json'), compilerOptions, include: ['src'] }),
    ...files,
  });
  lendPackages(root);
  return runNode(root, [inHouse('node_modules/typescript/bin/tsc'), '--noEmit', '--pretty', 'false']).output;
};

test('the compiler refuses what it is set to refuse', () => {
  const output = compile({
    'src/index-access.ts': 'export const first = (list: string[]): string => list[0];',
    'src/override.ts': 'class A { run() {} }\nexport class B extends A { run() {} }',
    'src/return.ts': 'export const f = (a: boolean) => { if (a) return 1; };',
    'src/unknown.ts': 'try { JSON.parse("x"); } catch (e) { e.message; }',
    'src/expected.ts': '// @ts-expect-error nothing is wrong\nexport const a = 1;',
    'src/require.ts': "import { a } from './expected';\nexport const b = a;",
  });
  expect(output).toMatch(/index-access\.ts.*TS2322/);
  expect(output).toMatch(/override\.ts.*TS4114/);
  expect(output).toMatch(/return\.ts.*TS7030/);
  expect(output).toMatch(/unknown\.ts.*TS18046/);
  expect(output).toMatch(/expected\.ts.*TS2578/);
  expect(output).toMatch(/require\.ts.*TS2835/);
});
