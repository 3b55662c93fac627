import { describe, expect, test } from 'vitest';
import { moduleContracts } from '../../src/apps/modules.js';
import { ownersByModule, services } from '../../src/apps/services.js';

const parts = [...new Set(ownersByModule.values())];
const definitions = Object.values(services);

describe('the table of services', () => {
  test('gives every module to one service', () => {
    expect([...ownersByModule.keys()].sort()).toEqual(moduleContracts.map(({ name }) => name).sort());
  });

  test('lets the parts run on one machine', () => {
    const split = ['api-gateway', ...parts].map((name) => services[name]);
    expect(new Set(split.map((service) => service?.httpPort)).size).toBe(split.length);
    expect(new Set(split.map((service) => service?.grpcPort)).size).toBe(split.length);
  });

  test('has every service serve gRPC', () => {
    for (const { protocols } of definitions) expect(protocols).toContain('grpc');
  });
});
