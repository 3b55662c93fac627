import { expect, test } from 'vitest';
import config from '../../.dependency-cruiser.mjs';
import { inHouse, plant, runNode } from './planted-tree.js';

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** What breaks a rule: the file, and the import in it that does. */
const planted: readonly (readonly [rule: string, file: string, imports: string])[] = [
  ['domain-is-pure', 'src/modules/a/domain/framework.ts', '@nestjs/common'],
  ['domain-is-pure', 'src/modules/a/domain/port.ts', '../../../ports/port.js'],
  ['domain-is-pure', 'src/modules/a/domain/view.ts', '../contract/index.js'],
  ['domain-is-pure', 'src/modules/a/modules/n/domain/parent.ts', '../../../domain/entity.js'],
  ['application-uses-ports', 'src/modules/a/application/framework.ts', 'zod'],
  ['application-uses-ports', 'src/modules/a/application/adapter.ts', '../infrastructure/memory-a.js'],
  ['application-uses-ports', 'src/modules/a/application/platform.ts', '../../../platform/clock.js'],
  ['application-uses-ports', 'src/modules/a/application/pipeline.ts', '../../../pipeline/run.js'],
  ['application-uses-ports', 'src/modules/a/application/neighbour.ts', '../../b/domain/entity.js'],
  ['infrastructure-uses-own-module', 'src/modules/a/infrastructure/pipeline.ts', '../../../pipeline/run.js'],
  ['infrastructure-uses-own-module', 'src/modules/a/infrastructure/neighbour.ts', '../../b/contract/index.js'],
  ['module-contract-imports', 'src/modules/a/contract/domain.ts', '../domain/entity.js'],
  ['module-contract-imports', 'src/modules/a/contract/neighbour.ts', '../../b/contract/index.js'],
  ['modules-independent-of-transport', 'src/modules/a/interface/page.ts', '../../../protocols/rest/route.js'],
  ['modules-use-contracts', 'src/modules/a/a.module.ts', '../b/domain/entity.js'],
  ['nested-modules-are-private', 'src/apps/apps.ts', '../modules/a/modules/n/contract/index.js'],
  ['nested-modules-use-contracts', 'src/modules/a/modules/n/n.module.ts', '../m/domain/entity.js'],
  ['parents-use-contracts', 'src/modules/a/interface/door.ts', '../modules/n/domain/entity.js'],
  ['contract-layer-order', 'src/contract/port.ts', '../ports/port.js'],
  ['ports-layer-order', 'src/ports/pipeline.ts', '../pipeline/run.js'],
  ['pipeline-layer-order', 'src/pipeline/guess.ts', '../modules/b/contract/index.js'],
  ['pipeline-layer-order', 'src/pipeline/engine.ts', '../platform/clock.js'],
  ['platform-layer-order', 'src/platform/guess.ts', '../modules/b/contract/index.js'],
  ['platform-layer-order', 'src/platform/route.ts', '../protocols/rest/route.js'],
  ['platform-layer-order', 'src/platform/client.ts', '../client/client.js'],
  ['protocols-layer-order', 'src/protocols/rest/guess.ts', '../../modules/b/contract/index.js'],
  ['protocols-layer-order', 'src/protocols/rest/remote.ts', '../../remote/call.js'],
  ['remote-layer-order', 'src/remote/guess.ts', '../modules/b/contract/index.js'],
  ['modules-layer-order', 'src/modules/a/interface/start.ts', '../../../apps/names.js'],
  ['client-imports', 'src/client/guess.ts', '../modules/b/contract/index.js'],
  ['client-imports', 'src/client/remote.ts', '../remote/call.js'],
  ['contract-is-pure', 'src/contract/port.ts', '../ports/port.js'],
  ['contract-is-pure', 'src/contract/framework.ts', '@nestjs/common'],
  ['ports-are-pure', 'src/ports/clock.ts', '../platform/clock.js'],
  ['no-cycle', 'src/platform/link.ts', './ring.js'],
  ['src-imports-no-test', 'src/platform/probe.ts', '../../test/fixture.js'],
  ['no-dev-dependency', 'src/platform/tool.ts', 'tool'],
  ['declared', 'src/platform/undeclared.ts', 'undeclared'],
  ['resolvable', 'src/platform/broken.ts', './missing.js'],
];

const packages = (...names: string[]) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js' }),
      ],
      [`node_modules/${name}/index.js`, 'export const here = true;'],
    ]),
  );

/** Every import that the rules allow, so that a rule which refuses too much is found too. */
const innocent: Record<string, string[]> = {
  'src/main.ts': ['./apps/names.js'],
  'src/apps/names.ts': [
    '../modules/a/a.names.js',
    '../pipeline/run.js',
    '../protocols/rest/route.js',
    '../remote/call.js',
  ],
  'src/contract/values.ts': ['zod'],
  'src/ports/port.ts': ['../contract/values.js'],
  'src/pipeline/run.ts': ['../ports/port.js', '../contract/values.js', '@nestjs/common'],
  'src/protocols/rest/route.ts': ['../../pipeline/run.js'],
  'src/remote/call.ts': ['../protocols/rest/route.js', '../platform/clock.js'],
  'src/client/client.ts': ['../protocols/rest/route.js', '../contract/values.js'],
  'src/platform/clock.ts': ['../ports/port.js', 'node:timers', '@nestjs/common'],
  'src/platform/ring.ts': ['./link.js'],
  'src/platform/link.ts': [],
  'src/modules/a/a.names.ts': [
    './infrastructure/memory-a.js',
    './modules/n/contract/index.js',
    '../../platform/clock.js',
  ],
  'src/modules/a/domain/entity.ts': ['../../../contract/values.js', './rule.js'],
  'src/modules/a/domain/rule.ts': [],
  'src/modules/a/contract/index.ts': ['./a.views.js'],
  'src/modules/a/contract/a.views.ts': [
    '../../../contract/values.js',
    '../../b/contract/b.views.js',
    '../../b/contract/b.lookups.js',
    'zod',
  ],
  'src/modules/a/application/use.ts': [
    '@nestjs/common',
    '@nestjs/cqrs',
    '../domain/entity.js',
    '../contract/index.js',
    '../../../ports/port.js',
    '../../b/contract/index.js',
  ],
  'src/modules/a/infrastructure/memory-a.ts': ['../application/use.js', '../../../platform/clock.js', '@nestjs/common'],
  'src/modules/a/modules/n/contract/index.ts': [],
  'src/modules/a/modules/n/domain/entity.ts': [],
  'src/modules/a/modules/m/domain/entity.ts': [],
  'src/modules/a/modules/m/application/use.ts': ['../../n/contract/index.js', '../domain/entity.js'],
  'src/modules/b/contract/index.ts': ['./b.views.js'],
  'src/modules/b/contract/b.views.ts': [],
  'src/modules/b/contract/b.lookups.ts': ['./b.views.js'],
  'src/modules/b/domain/entity.ts': [],
  'test/fixture.ts': ['../src/apps/names.js'],
};

const source = (imports: readonly string[]) => `${imports.map((path) => `import '${path}';`).join('\n')}\nexport {};\n`;

function cruise(extra: Record<string, string>): Violation[] {
  const dependencies = { '@nestjs/common': '1.0.0', '@nestjs/cqrs': '1.0.0', zod: '1.0.0' };
  const root = plant({
    'package.json': JSON.stringify({ type: 'module', dependencies, devDependencies: { tool: '1.0.0' } }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext' } }),
    ...packages('@nestjs/common', '@nestjs/cqrs', 'zod', 'tool', 'undeclared'),
    ...Object.fromEntries(Object.entries(innocent).map(([path, imports]) => [path, source(imports)])),
    ...extra,
  });
  const bin = inHouse('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [bin, 'src', 'test', '--config', inHouse('.dependency-cruiser.mjs'), '--output-type', 'json'];
  const { stdout, output } = runNode(root, args);
  expect(stdout, output).toMatch(/^\{/);
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

test('a tree that keeps every rule passes', () => {
  expect(cruise({})).toEqual([]);
});

test('every rule has a planted violation here', () => {
  const rules = config.forbidden?.map(({ name }) => name);
  expect([...new Set(planted.map(([rule]) => rule))].sort()).toEqual(rules?.sort());
});

test('every planted violation is found by its rule', () => {
  const violations = cruise(Object.fromEntries(planted.map(([, file, imports]) => [file, source([imports])])));
  const found = violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  expect(found).toEqual(expect.arrayContaining(planted.map(([rule, file]) => `${rule}: ${file}`)));
});
