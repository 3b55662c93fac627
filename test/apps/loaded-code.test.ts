import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { LoadedFiles } from '../support/loaded-files.js';

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
    // that of health checks and metrics is HTTP
    expect(loaded.protocols).toEqual(['grpc', 'http']);
    expect(loaded.packages).not.toEqual(expect.arrayContaining([expect.stringMatching(oneOf(ofEdges))]));
  });

  test('of a gateway is that of no module and of no database', async () => {
    const loaded = await LoadedFiles.of({ SERVICE_NAME: 'api-gateway' });
    expect(loaded.modules).toEqual([]);
    expect(loaded.packages).not.toEqual(expect.arrayContaining([expect.stringMatching(oneOf(ofDatabases))]));
  });
});

const oneOf = (names: readonly string[]): RegExp => new RegExp(`^(${names.join('|')})$`);
