import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Authority, PemFolder } from '../support/certificates.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { freePort } from '../support/split.js';

let dataDir: string;
let running: RunningProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'test-split-'));
});

afterEach(async () => {
  await running?.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<RunningProcess> {
  const addresses = {
    USER_SERVICE_ADDRESS: `127.0.0.1:${await freePort()}`,
    AUTH_SERVICE_ADDRESS: `127.0.0.1:${await freePort()}`,
  };
  running = startProcess({ DATA_DIR: dataDir, ...addresses, ...environment }, 'dist/split.js');
  return running;
}

const register = (url: string, dispatcher?: Agent) =>
  request(`${url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'password123' }),
    ...(dispatcher && { dispatcher }),
  });

describe('npm run start:split', { timeout: 60_000 }, () => {
  test('starts gateway and services, says which line is whose, and stops them all', async () => {
    const split = await start();
    const [, http = ''] = await split.line(/^api-gateway +\|.*Health +(http[^/]*\/\/[^/"]+)/);
    await split.line(/^user-service +\|.*Health/);
    await split.line(/^auth-service +\|.*Health/);
    await vi.waitFor(async () => expect((await register(http)).statusCode).toBe(201), {
      timeout: 5_000,
      interval: 100,
    });
    expect(await split.end('SIGINT')).toBe(0);
    await expect(fetch(`${http}/health/live`)).rejects.toThrow();
  });

  test('has services ask each other for certificates, and nobody else, by one set of files', {
    timeout: 60_000,
  }, async () => {
    const folder = new PemFolder();
    const authority = await Authority.create();
    const { certFile, keyFile } = folder.identity('all', await authority.issue());
    const caFile = folder.write('ca.pem', authority.pem);
    const split = await start({
      TLS_CERT_FILE: certFile,
      TLS_KEY_FILE: keyFile,
      GRPC_TLS_CLIENT_CA_FILE: caFile,
      SERVICE_TLS_CERT_FILE: certFile,
      SERVICE_TLS_KEY_FILE: keyFile,
      SERVICE_TLS_CA_FILE: caFile,
    });
    const [, http = ''] = await split.line(/^api-gateway +\|.*Health +(http[^/]*\/\/[^/"]+)/);
    const [, grpc = ''] = await split.line(/^api-gateway +\|.*gRPC +([^\s"]+)/);
    for (const service of ['user', 'auth']) await split.line(new RegExp(`^${service}-service +\\|.*Health`));
    const dispatcher = new Agent({ connect: { ca: authority.pem } });
    const registered = async () => expect((await register(http, dispatcher)).statusCode).toBe(201);
    await vi.waitFor(registered, { timeout: 10_000, interval: 100 });
    await dispatcher.close();
    const client = new Client(grpc, credentials.createSsl(Buffer.from(authority.pem)), {
      'grpc.ssl_target_name_override': 'localhost',
    });
    const same = (bytes: Buffer) => bytes;
    const error = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, Buffer.alloc(0), resolve);
    });
    client.close();
    folder.remove();
    expect(error).toBeNull();
  });

  test('ends when one of them can not start', async () => {
    const split = await start({ JWT_SECRET: 'one', JWT_PUBLIC_KEY_FILES: 'another.pem' });
    expect(await split.exited()).toBe(1);
    expect(split.output.join()).toContain('JWT_SECRET: is set beside key files');
  });
});
