import { describe, expect, test } from 'vitest';
import { deploymentModel } from '../../scripts/deploy/model.js';
import { mutualTls } from '../../scripts/deploy/model-options.js';
import type { TopologyName } from '../../scripts/deploy/model-types.js';
import { services } from '../../src/apps/services.js';
import { configurationSchema } from '../../src/platform/config/configuration.js';
import { processVariables } from '../../src/platform/config/load-configuration.js';
import { processContext } from '../../src/platform/config/process-context.js';
import { variablesOf } from '../../src/platform/config/variable.js';

const model = deploymentModel('1.2.3');
const processesOf = (topology: TopologyName, of = model) =>
  of.topologies.find(({ name }) => name === topology)?.processes ?? [];
const namesOf = (topology: TopologyName, of = model) => processesOf(topology, of).map(({ name }) => name);
const everyProcess = model.topologies.flatMap(({ processes }) => processes);
const known = new Set(variablesOf(configurationSchema(processContext({}, services))).map(({ name }) => name));

describe('the deployment model', () => {
  test('has the processes of the service table in each topology', () => {
    const parts = Object.keys(services).filter((name) => !services[name]?.servesAll);
    expect(namesOf('monolith')).toEqual(['monolith']);
    expect(namesOf('split')).toEqual(['api-gateway', ...parts]);
    expect(namesOf('by-protocol')).toEqual(['api-gateway-http', 'api-gateway-grpc', 'api-gateway-mqtt', ...parts]);
  });

  test('gets the service that is added to the table, and loses the one that is removed', () => {
    const added = { ...services, 'order-service': { ...services['user-service'], httpPort: 3005, grpcPort: 50_056 } };
    const { 'user-service': _, ...removed } = services;
    const withOrders = deploymentModel('1.2.3', added as typeof services);
    expect(namesOf('split', withOrders)).toContain('order-service');
    expect(namesOf('by-protocol', deploymentModel('1.2.3', removed))).not.toContain('user-service');
  });

  test('names only variables that exist', () => {
    const named = everyProcess.flatMap(({ settings, secrets, calls, ports }) => [
      ...Object.keys(settings),
      ...[...secrets, ...calls, ...ports].map(({ variable }) => variable),
    ]);
    const optional = model.options.flatMap(({ settings, optionalSecrets }) => [
      ...Object.keys(settings),
      ...optionalSecrets,
    ]);
    const files = [...Object.keys(mutualTls.ofCaller), ...Object.keys(mutualTls.ofService)];
    expect([...named, ...optional, ...files].filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(everyProcess)('sets every variable that $name requires in production', (process) => {
    const { settings, secrets, calls } = process;
    const given = new Set([...Object.keys(settings), ...[...secrets, ...calls].map(({ variable }) => variable)]);
    const required = processVariables(settings, services).filter((variable) => variable.required);
    expect(required.map(({ name }) => name).filter((name) => !given.has(name))).toEqual([]);
  });

  test('gives a gateway that serves HTTP alone neither a gRPC port nor a broker', () => {
    const http = processesOf('by-protocol').find(({ name }) => name === 'api-gateway-http');
    expect(http?.ports.map(({ name }) => name)).toEqual(['http']);
    expect(http?.needs.map(({ name }) => name)).toEqual(['redis']);
  });
});
