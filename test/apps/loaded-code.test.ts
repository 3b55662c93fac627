import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { LoadedFiles } from '../support/loaded-files.js';

const edges = ['graphql', 'mqtt', 'rest', 'websocket'];
const ofEdges = ['@nestjs/graphql', 'aedes', 'graphql', 'mercurius', 'mqtt', 'ws'];
const ofDatabases = ['@prisma/client', 'pg'];

describe('the code that a process loads', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
  });

  afterAll(() => database.drop());

  test('of a service is that of its own modules and of gRPC', async () => {
    const loaded = await LoadedFiles.of({ SERVICE_NAME: 'user-service', DATABASE_URL: database.url });
    expect(loaded.modules).toEqual(['users']);
    expect(loaded.protocols.filter((protocol) => edges.includes(protocol))).toEqual([]);
    expect(loaded.packages.filter((name) => ofEdges.includes(name))).toEqual([]);
  });

  test('of a gateway is that of no module and of no database', async () => {
    const loaded = await LoadedFiles.of({ SERVICE_NAME: 'api-gateway' });
    expect(loaded.modules).toEqual([]);
    expect(loaded.packages.filter((name) => ofDatabases.includes(name))).toEqual([]);
  });
});
