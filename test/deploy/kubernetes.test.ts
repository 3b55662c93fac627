import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kubernetes } from '../../scripts/deploy/kubernetes.js';
import { deploymentModel } from '../../scripts/deploy/model.js';
import type { Topology } from '../../scripts/deploy/model-types.js';
import { services } from '../../src/apps/services.js';
import { loadConfiguration, processVariables } from '../../src/platform/config/load-configuration.js';
import { fileVariable } from '../../src/platform/config/secret-files.js';
import { plant } from '../house/planted-tree.js';
import { ofKind, workloads } from './support/manifests.js';
import { networkReach } from './support/network-reach.js';
import { podEnvironment } from './support/pod-environment.js';
import { writtenObjects } from './support/written-objects.js';

const model = deploymentModel('1.2.3');
const files = kubernetes.write(model);
const overlayOf = (topology: string, of = files) => writtenObjects(of, `k8s/overlays/${topology}`);
const overlays = model.topologies.map(({ name }) => ({ topology: name, objects: overlayOf(name) }));

const variables = processVariables({}, services);
const known = new Set(variables.flatMap(({ name, secret }) => (secret ? [name, fileVariable(name)] : [name])));

const secretValues: Readonly<Record<string, string>> = {
  JWT_SECRET: 'n0t-a-development-secret-but-long-enough',
  REDIS_URL: 'redis://redis:6379',
  MQTT_URL: 'mqtt://mqtt:1883',
};

const valueFor = (key: string) =>
  secretValues[key] ?? (key.endsWith('DATABASE_URL') ? 'postgresql://mstv:mstv@postgres/mstv' : '');

/** What the calls of the service table are between the processes of a topology. */
const callsOf = ({ processes }: Topology): readonly string[] =>
  processes.flatMap((caller) =>
    caller.calls.flatMap(({ service }) =>
      processes.filter((called) => called.service === service).map(({ name }) => `${caller.name} -> ${name}:grpc`),
    ),
  );

describe.each(overlays)('the overlay $topology', ({ topology, objects }) => {
  test('names only variables that exist', () => {
    const named = workloads(objects).flatMap(({ spec }) => {
      const { values, optional } = podEnvironment(spec.template.spec, objects);
      return [...Object.keys(values), ...optional];
    });
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(workloads(objects))('gives $kind $metadata.name a configuration that production accepts', ({ spec }) => {
    const { values, files: secrets } = podEnvironment(spec.template.spec, objects);
    const root = plant({});
    for (const [path, key] of Object.entries(secrets)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), valueFor(key));
    }
    const inRoot = Object.entries(values).map(([name, value]) => [name, value in secrets ? join(root, value) : value]);
    const configuration = loadConfiguration(Object.fromEntries(inRoot), services);
    expect(configuration.environment).toBe('production');
    expect(configuration.warnings).toEqual([]);
  });

  test('lets pods make the calls of the service table to each other, and no more', () => {
    const definition = model.topologies.find(({ name }) => name === topology) as Topology;
    expect(networkReach(objects).toSorted()).toEqual(callsOf(definition).toSorted());
  });

  test('names each key of its Secret in the example', () => {
    const example = files.get(`k8s/overlays/${topology}/secret.example.env`) ?? '';
    const keys = workloads(objects).flatMap(({ spec: { template } }) => {
      const refs = (template.spec.containers[0]?.env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef?.key);
      return [...Object.values(podEnvironment(template.spec, objects).files), ...refs];
    });
    const named = [...example.matchAll(/^#?([A-Z_]+)=$/gm)].map(([, key]) => key);
    expect(named.toSorted()).toEqual([...new Set(keys.filter((key) => key !== undefined))].toSorted());
  });

  test('puts no object into a namespace', () => {
    expect(objects.filter(({ metadata }) => metadata.namespace !== undefined)).toEqual([]);
  });

  test('migrates each database once, in a Job that has the tag of the image in its name', () => {
    const databases = model.topologies
      .find(({ name }) => name === topology)
      ?.processes.filter(({ database }) => database !== undefined);
    expect(ofKind(objects, 'Job').map(({ metadata }) => metadata.name)).toEqual(
      databases?.map(({ name }) => `${name}-migrate-1-2-3`),
    );
  });
});

test('a service that is added to the table gets every object, and is called by the gateway', () => {
  const orders = { ...services['user-service'], httpPort: 3005, grpcPort: 50_056, calls: ['user-service'] };
  const gateway = { ...services['api-gateway'], calls: ['user-service', 'auth-service', 'order-service'] };
  const table = { ...services, 'api-gateway': gateway, 'order-service': orders } as typeof services;
  const objects = overlayOf('split', kubernetes.write(deploymentModel('1.2.3', table)));
  const named = objects.filter(({ metadata }) => metadata.name.startsWith('order-service'));
  expect(named.map(({ kind }) => kind).toSorted()).toEqual(
    [
      ...['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'Job', 'NetworkPolicy', 'NetworkPolicy'],
      ...['PodDisruptionBudget', 'Service', 'ServiceAccount'],
    ].toSorted(),
  );
  const reached = networkReach(objects);
  expect(reached).toContain('api-gateway -> order-service:grpc');
  expect(reached).toContain('order-service -> user-service:grpc');
  expect(reached).not.toContain('auth-service -> order-service:grpc');
});

test('without the policy that denies by default, pods would reach each other: the comparison sees policies', () => {
  const objects = overlayOf('split').filter(({ kind }) => kind !== 'NetworkPolicy');
  expect(networkReach(objects)).toContain('user-service -> api-gateway:http');
});
