import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DeployStore } from '../../scripts/deploy/deploy-store.js';
import { deploymentModel } from '../../scripts/deploy/model.js';
import { notice, type Target, yamlOf } from '../../scripts/deploy/target.js';
import { plant } from '../house/planted-tree.js';

const model = deploymentModel('1.2.3');
const platform: Target = {
  name: 'platform',
  owns: ['platform/written/**'],
  write: ({ topologies }) =>
    new Map(topologies.map(({ name, processes }) => [`platform/written/${name}.yaml`, yamlOf({ processes })])),
};

test('what is written is what is checked, and says so at its top', () => {
  const root = plant({});
  const store = new DeployStore(root, [platform]);
  store.write(model);
  expect(store.check(model)).toEqual([]);
  expect(readFileSync(join(root, 'platform/written/split.yaml'), 'utf8')).toMatch(`# ${notice}\n`);
});

test('an edited, a missing and a surplus file are found, and a file of somebody else is left alone', () => {
  const root = plant({
    'platform/written/split.yaml': 'edited: true\n',
    'platform/written/old.yaml': '',
    'platform/by-hand.yaml': 'mine: true\n',
  });
  const store = new DeployStore(root, [platform]);
  expect(store.check(model)).toEqual([
    { document: 'platform/written/monolith.yaml', finding: 'is missing' },
    {
      document: 'platform/written/split.yaml',
      finding: expect.stringMatching(/^line 1 is "edited: true", the code gives/),
    },
    { document: 'platform/written/by-protocol.yaml', finding: 'is missing' },
    { document: 'platform/written/old.yaml', finding: 'is not written any more' },
  ]);
  store.write(model);
  expect(store.check(model)).toEqual([]);
  expect(existsSync(join(root, 'platform/written/old.yaml'))).toBe(false);
  expect(existsSync(join(root, 'platform/by-hand.yaml'))).toBe(true);
});
