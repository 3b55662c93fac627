import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inHouse } from '../house/planted-tree.js';
import { ecsPaths } from './support/ecs-files.js';

const { FOREIGN_PYTHON: python } = process.env;

interface Operation {
  readonly service: string;
  readonly operation: string;
}

const operations: Readonly<Record<string, Operation>> = {
  task: { service: 'ecs', operation: 'RegisterTaskDefinition' },
  service: { service: 'ecs', operation: 'CreateService' },
  run: { service: 'ecs', operation: 'RunTask' },
};

const createService: Operation = { service: 'servicediscovery', operation: 'CreateService' };
const createNamespace: Operation = { service: 'servicediscovery', operation: 'CreatePrivateDnsNamespace' };

function operationOf(path: string): Operation {
  if (basename(path) === 'namespace.yaml') return createNamespace;
  if (basename(dirname(path)) === 'discovery') return createService;
  const [, kind = ''] = /\.(\w+)\.yaml$/.exec(path) ?? [];
  const operation = operations[kind];
  if (!operation) throw new Error(`${path}: which operation takes it?`);
  return operation;
}

/** With a value for each placeholder, as envsubst fills them in, and read as YAML 1.1, as the AWS CLI does. */
const inputOf = (path: string): Record<string, unknown> =>
  parse(readFileSync(path, 'utf8').replaceAll(/\$\{(\w+)\}/g, '$1'), { version: '1.1' });

const cases = ecsPaths().map((path) => ({ path, ...operationOf(path), input: inputOf(path) }));

function complaints(given: readonly object[]): string[] {
  const program = inHouse('test/deploy/ecs_inputs.py');
  const { status, stdout, stderr } = spawnSync(python ?? '', [program], {
    input: JSON.stringify(given),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe.skipIf(python === undefined)('the models of botocore', () => {
  test('admit every file of deploy/ecs as the input of its operation', () => {
    expect(new Set(cases.map(({ operation }) => operation)).size).toBe(4);
    expect(complaints(cases)).toEqual([]);
  });

  test.each([
    ['a member that is not there', { readOnlyRootFilesystem: true }, 'Unknown parameter in input'],
    ['a wrong type', { family: 7 }, 'Invalid type for parameter family'],
    ['a missing member', { family: undefined }, 'Missing required parameter in input: "family"'],
    ['a value that is none of an enumeration', { networkMode: 'overlay' }, "networkMode is 'overlay', not one of"],
  ])('refuse %s', (_, change, complaint) => {
    const task = cases.find(({ operation }) => operation === 'RegisterTaskDefinition');
    expect(complaints([{ ...task, input: { ...task?.input, ...change } }])).toEqual([
      expect.stringContaining(complaint),
    ]);
  });
});
