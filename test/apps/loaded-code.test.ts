import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { services } from '../../src/apps/services.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { LoadedFiles } from '../support/loaded-files.js';
import { gateway, parts } from '../support/parts.js';

const edges = ['graphql', 'mqtt', 'rest', 'websocket'];
const ofEdges = ['@nestjs/graphql', 'aedes', 'graphql', 'mercurius', 'mqtt', 'ws'];
const ofDatabases = ['@prisma/client', 'pg'];
/** Of engines that are not configured, and of what is made at the first request. */
const notAtFirst = [
  '@fastify/swagger',
  '@fastify/swagger-ui',
  '@opentelemetry/sdk-node',
  'consul',
  'ioredis',
  'mqtt',
  'prom-client',
];

describe('the code that a process loads', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
  });

  afterAll(() => database.drop());

  test.each(parts)('of %s is that of its own modules and of gRPC', async (service) => {
    const loaded = await LoadedFiles.of({ SERVICE_NAME: service, DATABASE_URL: database.url });
    const own = services[service]?.modules.map(({ contract }) => contract.name) ?? [];
    expect(loaded.modules).toEqual([...own].sort());
    expect(loaded.protocols.filter((protocol) => edges.includes(protocol))).toEqual([]);
    expect(loaded.packages.filter((name) => ofEdges.includes(name))).toEqual([]);
  });

  test('of a monolith on its defaults is that of no engine and no page that it may never need', async () => {
    const loaded = await LoadedFiles.of({ DATABASE_URL: database.url });
    expect(loaded.packages.filter((name) => notAtFirst.includes(name))).toEqual([]);
  });

  test('of a gateway is that of no module and of no database', async () => {
    const loaded = await LoadedFiles.of({ SERVICE_NAME: gateway });
    expect(loaded.modules).toEqual([]);
    expect(loaded.packages.filter((name) => ofDatabases.includes(name))).toEqual([]);
  });
});
