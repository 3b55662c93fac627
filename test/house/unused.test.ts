import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inHouse, lendPackages, plant, runNode } from './planted-tree.js';

function findUnused(main: string) {
  const root = plant({
    'package.json': JSON.stringify({ type: 'module', dependencies: { zod: '4.0.0' } }),
    'src/main.ts': main,
    'src/a.ts': 'export const used = 1;\nexport const idle = 2;\n',
    'src/b.ts': 'export const b = 1;\n',
  });
  copyFileSync(inHouse('knip.json'), join(root, 'knip.json'));
  lendPackages(root);
  return runNode(root, [inHouse('node_modules/knip/bin/knip.js'), '--no-progress']);
}

test('a tree without anything unused passes', () => {
  const main =
    "import { z } from 'zod';\nimport { idle, used } from './a.js';\nimport { b } from './b.js';\n\nz.literal([idle, used, b]);\n";
  const { status, output } = findUnused(main);
  expect(status, output).toBe(0);
});

test('an unused file, export and dependency fail', () => {
  const { status, output } = findUnused("import { used } from './a.js';\n\nexport default used;\n");
  expect(status).toBe(1);
  expect(output).toMatch(/src\/b\.ts/);
  expect(output).toMatch(/idle +src\/a\.ts/);
  expect(output).toMatch(/zod +package\.json/);
});
