import { copyFileSync, cpSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { inHouse, plant, runNode } from './planted-tree.js';

/** What breaks a rule of biome.json: the file and its text. */
const planted: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['format', 'src/format.ts', "export const  a = 'x'\n"],
  [
    'assist/source/organizeImports',
    'src/imports.ts',
    "import 'node:util';\nimport { b } from './b.js';\nimport { a } from './a.js';\n\nexport const c = a + b;\n",
  ],
  [
    'lint/complexity/noExcessiveCognitiveComplexity',
    'src/maze.ts',
    `export function maze(a: number) {\n${'if (a) {\n'.repeat(6)}${'}\n'.repeat(6)}}\n`,
  ],
  ['lint/correctness/noUnusedImports', 'src/unused-import.ts', "import { a } from './a.js';\n\nexport const b = 1;\n"],
  [
    'lint/nursery/noFloatingPromises',
    'src/floating.ts',
    'async function f() {\n  await fetch("x");\n}\nexport function g() {\n  f();\n}\n',
  ],
  ['lint/performance/noBarrelFile', 'src/modules/a/contract/barrel.ts', "export { a } from './a.js';\n"],
  ['lint/performance/noReExportAll', 'src/platform/all.ts', "export * from './a.js';\n"],
  ['lint/style/noProcessEnv', 'src/platform/env-member.ts', 'export const a = process.env.A;\n'],
  [
    'lint/style/noRestrictedImports',
    'src/platform/env-import.ts',
    "import { env } from 'node:process';\n\nexport const a = env.A;\n",
  ],
  [
    'lint/style/noRestrictedImports',
    'src/platform/event-bus.ts',
    "import { EventBus } from '@nestjs/cqrs';\n\nexport const a = EventBus;\n",
  ],
  [
    'lint/style/noRestrictedImports',
    'src/platform/circle.ts',
    "import { forwardRef } from '@nestjs/common';\n\nexport const a = forwardRef;\n",
  ],
  [
    'lint/style/noRestrictedImports',
    'src/modules/a/application/bus.ts',
    "import { CommandBus } from '@nestjs/cqrs';\n\nexport const a = CommandBus;\n",
  ],
  [
    'plugin',
    'src/modules/a/application/bus-in-unit-of-work.ts',
    'export const a = (b) => b.unitOfWork.run(async () => b.bus.asService.execute(b.message));\n',
  ],
  [
    'lint/style/noRestrictedImports',
    'src/modules/a/application/logger.ts',
    "import { Logger } from '@nestjs/common';\n\nexport const a = Logger;\n",
  ],
  ['lint/style/useFilenamingConvention', 'src/CamelCase.ts', 'export const a = 1;\n'],
  ['plugin', 'src/pipeline/duration.ts', 'export const a = (b) => Date.now() - b;\n'],
  ['plugin', 'src/pipeline/default-clock.ts', 'export const a = (b = Date.now) => b();\n'],
  ['plugin', 'src/platform/today.ts', 'export const a = new Date();\n'],
  ['plugin', 'src/modules/a/application/now.ts', 'export const a = () => globalThis.Date.now();\n'],
  ['lint/suspicious/noConsole', 'src/platform/print.ts', "console.log('x');\n"],
  ['lint/suspicious/noExplicitAny', 'src/any.ts', 'export const a: any = 1;\n'],
];

const innocent = {
  'src/platform/config/environment.ts': 'export const a = process.env.A;\n',
  'src/modules/a/contract/index.ts': "export * from './a.views.js';\n",
  'src/modules/a/application/do-a.ts':
    "import { CommandHandler } from '@nestjs/cqrs';\n\nexport const a = CommandHandler;\n",
  'src/modules/a/application/service.ts':
    "import { Injectable } from '@nestjs/common';\n\nexport const a = Injectable;\n",
  'src/modules/a/application/ask-before.ts':
    'export async function a(b) {\n  const c = await b.bus.execute(b.message);\n  return b.unitOfWork.run(async () => c);\n}\n',
  'src/contract/wall-clock.ts': 'export const wallClock = () => Date.now();\n',
  'src/pipeline/durations.ts':
    'export const a = performance.now();\nexport const b = (c) => new Date(c);\nexport const d = Date.parse;\n',
  'scripts/print.ts': 'console.log(process.env.A);\n',
};

function lint(files: Record<string, string>): string[] {
  const root = plant({ '.gitignore': 'dist/\n', ...files });
  copyFileSync(inHouse('biome.json'), join(root, 'biome.json'));
  cpSync(inHouse('scripts/gates/lint'), join(root, 'scripts/gates/lint'), { recursive: true });
  const args = [
    'ci',
    '--colors=off',
    '--error-on-warnings',
    '--max-diagnostics=none',
    '--reporter=github',
    'src',
    'scripts',
  ];
  const { output } = runNode(root, [inHouse('node_modules/@biomejs/biome/bin/biome'), ...args]);
  const diagnostics = output.matchAll(/^::(?:error|warning) title=([^,]+),file=([^,]+),/gm);
  return [...diagnostics].map(([, rule, file = '']) => `${rule}: ${relative(root, file)}`);
}

test('what the rules allow passes', () => {
  expect(lint(innocent)).toEqual([]);
});

test('every planted violation is found by its rule', () => {
  const found = lint({ ...innocent, ...Object.fromEntries(planted.map(([, file, text]) => [file, text])) });
  expect(found).toEqual(expect.arrayContaining(planted.map(([rule, file]) => `${rule}: ${file}`)));
});
