import { expect, test } from 'vitest';
import { inHouse, lendPackages, plant, runNode } from './planted-tree.js';

const half = 'export const sign = (n: number) => {\n  if (n < 0) {\n    return -1;\n  }\n  return 1;\n};\n';

function cover(calls: string) {
  const root = plant({
    'package.json': '{ "type": "module" }',
    'src/sign.ts': half,
    'vitest.config.ts': `import { coverage } from '${inHouse('vitest.config.ts')}';\nexport default { test: { coverage } };\n`,
    'test/sign.test.ts': `import { expect, test } from 'vitest';\nimport { sign } from '../src/sign.js';\n\ntest('sign', () => {\n${calls}});\n`,
  });
  lendPackages(root);
  const args = ['run', '--root', root, '--coverage'];
  return runNode(root, [inHouse('node_modules/vitest/vitest.mjs'), ...args]);
}

test('covered code passes', () => {
  const { status, output } = cover('  expect(sign(-1)).toBe(-1);\n  expect(sign(1)).toBe(1);\n');
  expect(status, output).toBe(0);
});

test('a branch that no test takes fails below 85 %', () => {
  const { status, output } = cover('  expect(sign(1)).toBe(1);\n');
  expect(status).toBe(1);
  expect(output).toMatch(/Coverage for lines .* does not meet global threshold \(85%\)/);
  expect(output).toMatch(/Coverage for branches .* does not meet global threshold \(85%\)/);
});
