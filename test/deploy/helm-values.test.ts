import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { helm } from '../../scripts/deploy/helm.js';
import { deploymentModel } from '../../scripts/deploy/model.js';
import type { DeployFiles } from '../../scripts/deploy/target.js';
import { inHouse } from '../house/planted-tree.js';
import { tableWithOrders } from './support/added-service.js';
import { refusedValues } from './support/refused-values.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

const files = helm.write(deploymentModel('1.2.3'));
const textOf = (path: string, of: DeployFiles = files): string => of.get(`deploy/helm/${path}`) ?? '';
const schema = JSON.parse(textOf('values.schema.json')) as Schema;
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
const values: unknown = parse(readFileSync(inHouse('deploy/helm/values.yaml'), 'utf8'));

/** Of a chart that depends on this one. */
const ofDependents = ['global', 'enabled'];

/** The values that a schema knows by name, as paths. */
const pathsOf = ({ properties = {} }: Schema): readonly string[][] =>
  Object.entries(properties).flatMap(([name, each]) =>
    each.properties ? pathsOf(each).map((path) => [name, ...path]) : [[name]],
  );

const valueAt = (path: readonly string[]): unknown =>
  path.reduce((value, name) => (value as Readonly<Record<string, unknown>>)[name], values);

test('values.yaml is what the schema admits', () => {
  validate(values);
  expect(validate.errors).toBeNull();
});

test('values.yaml has every value that the schema admits', () => {
  const paths = pathsOf(schema).filter(([name = '']) => !ofDependents.includes(name));
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => valueAt(path) === undefined)).toEqual([]);
});

test.each(refusedValues)('the schema refuses %s', (_, refused) => {
  expect(validate(refused)).toBe(false);
});

test('the chart has the version of the product', () => {
  expect(parse(textOf('Chart.yaml'))).toMatchObject({ version: '1.2.3', appVersion: '1.2.3' });
});

test('a service that is added to the table is a process of the chart, and may be set by a value', () => {
  const changed = helm.write(deploymentModel('1.2.3', tableWithOrders));
  const { processes } = parse(textOf('files/processes.yaml', changed));
  expect(processes['order-service']).toMatchObject({
    topologies: ['split', 'by-protocol'],
    ports: { http: 3005, grpc: 50_056 },
    callers: ['api-gateway'],
  });
  expect(processes['user-service'].callers).toContain('order-service');
  const admits = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(textOf('values.schema.json', changed)));
  expect(admits({ processes: { 'order-service': { autoscaling: { maxReplicas: 3 } } } })).toBe(true);
});
