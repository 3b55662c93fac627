import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Split } from '../../src/apps/split.js';
import { Authority, PemFolder } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { freePort, freePorts } from '../support/free-port.js';
import { addressesOf, forEachPart, gateway, parts } from '../support/parts.js';
import { type RunningProcess, startProcess } from '../support/process.js';

let dataDir: string;
let running: RunningProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'test-split-'));
});

afterEach(async () => {
  await running?.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

/** A port for the gateway, whose services take those after it. */
const portOfAll = () => freePorts(1 + parts.length);

async function addresses() {
  const ports = await forEachPart(() => freePort());
  return addressesOf((service) => `127.0.0.1:${ports[service]}`);
}

async function start(environment: Readonly<Record<string, string>> = {}): Promise<RunningProcess> {
  running = startProcess({ DATA_DIR: dataDir, ...(await addresses()), ...environment }, 'dist/bundle/split.js');
  return running;
}

async function healthOf(service: string): Promise<string> {
  const [, url = ''] = (await running?.line(new RegExp(`^${service} +\\|.*Health +(http[^/]*//[^/"]+)`))) ?? [];
  return url;
}

const register = (url: string, dispatcher?: Agent) =>
  request(`${url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ada@example.com', password: 'password123' }),
    ...(dispatcher && { dispatcher }),
  });

const login = (url: string, email: string, password: string) =>
  fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });

describe('npm run start:split', { timeout: 60_000 }, () => {
  test('starts gateway and services without a warning, says which line is whose, and stops them all', async () => {
    const [BOOTSTRAP_ADMIN_EMAIL, BOOTSTRAP_ADMIN_PASSWORD] = ['root@example.com', 'correct horse battery'];
    const split = await start({ BOOTSTRAP_ADMIN_EMAIL, BOOTSTRAP_ADMIN_PASSWORD });
    const http = await healthOf('api-gateway');
    expect((await login(http, BOOTSTRAP_ADMIN_EMAIL, BOOTSTRAP_ADMIN_PASSWORD)).status).toBe(200);
    expect(split.output.filter((line) => /"level":"(warn|error)"/.test(line))).toEqual([]);
    for (const service of parts) await split.line(new RegExp(`^${service} +\\|.*Health`));
    expect((await register(http)).statusCode).toBe(201);
    expect(await split.end('SIGINT')).toBe(0);
    await expect(fetch(`${http}/health/live`)).rejects.toThrow();
  });

  test('lets services require certificates of each other only, with one set of files', {
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
    const http = await healthOf('api-gateway');
    const [, grpc = ''] = await split.line(/^api-gateway +\|.*gRPC +([^\s"]+)/);
    for (const service of parts) await split.line(new RegExp(`^${service} +\\|.*Health`));
    const dispatcher = new Agent({ connect: { ca: authority.pem } });
    const registered = async () => expect((await register(http, dispatcher)).statusCode).toBe(201);
    await eventually(registered);
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

  test('does not start with a configuration that none of them can have', async () => {
    const split = await start({ JWT_SECRET: 'one', JWT_PUBLIC_KEY_FILES: 'another.pem' });
    expect(await split.exited()).toBe(1);
    expect(split.output.join()).toContain('JWT_SECRET: is set beside JWT_PUBLIC_KEY_FILES');
  });

  test.each([
    ['user-service', 'USER_SERVICE_ADDRESS', (port: number) => ({ USER_SERVICE_ADDRESS: `127.0.0.1:${port}` })],
    ['api-gateway', 'GRPC_PORT', (port: number) => ({ GRPC_PORT: `${port}` })],
    ['user-service', 'PORT', (port: number) => ({ PORT: `${port - 1}` })],
  ])('ends when the port of %s is taken, and names the variable it comes from: %s', async (service, variable, at) => {
    const port = 1 + (await portOfAll());
    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    const split = await start(at(port));
    expect(await split.exited()).toBe(1);
    expect(split.output).toContain(`${service} ended (exit code 1), so the others stop`);
    const [, named] = await split.line(
      new RegExp(`^${service} .*:${port} \\(the port is taken\\); set (\\w+) to a free port`),
    );
    expect(named).toBe(variable);
    holder.close();
  });

  test('leaves nothing running when it is killed, so that it can start again', async () => {
    const split = await start();
    const urls = await Promise.all([gateway, ...parts].map(healthOf));
    await split.end('SIGKILL');
    const served = async () => Promise.allSettled(urls.map((url) => fetch(`${url}/health/live`)));
    await expect.poll(async () => (await served()).map(({ status }) => status)).toEqual(urls.map(() => 'rejected'));
    const database = join(dataDir, 'postgres', 'data', 'postmaster.pid');
    await expect.poll(() => existsSync(database)).toBe(false);
  });

  test('is what npm run seed fills while it runs', async () => {
    const environment = { PORT: `${await portOfAll()}`, ...(await addresses()) };
    await start(environment);
    const http = await healthOf('api-gateway');
    const seeding = startProcess({ DATA_DIR: dataDir, ...environment }, 'dist/bundle/seed.js');
    expect([await seeding.exited(), seeding.output[0]]).toEqual([0, expect.stringMatching('services of api-gateway')]);
    expect((await login(http, 'ada@example.com', 'demo-password')).status).toBe(200);
  });
});

/** In place of the product. */
const part = `
  const { DIES } = process.env;
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  if (DIES) process.kill(process.pid, DIES);
  process.once('message', (message) => {
    console.log(message + 's');
    process.send('ready');
  });
`;

describe('processes that start together', { timeout: 60_000 }, () => {
  const environment = (service: string, own = {}) => ({ SERVICE_NAME: service, ...own });

  async function startParts(lost = {}) {
    const program = join(dataDir, 'part.mjs');
    await writeFile(program, part);
    const lines: string[] = [];
    const processes = [environment('one'), environment('another', lost), environment('gateway')];
    const split = new Split(processes, program, (line) => lines.push(line));
    return { split, lines };
  }

  test('listen one after another: services, each before those that call it, then the gateway', async () => {
    const { split, lines } = await startParts();
    const inOrder = ['one     | listens', 'another | listens', 'gateway | listens'];
    await expect.poll(() => lines).toEqual(inOrder);
    expect(await split.stop()).toBe(0);
    expect(await split.ended()).toBe(0);
  });

  test('end when one of them does, and print which and how', async () => {
    const { split, lines } = await startParts({ DIES: 'SIGKILL' });
    expect(await split.ended()).toBe(1);
    expect(lines).toContain('another ended (SIGKILL), so the others stop');
    expect(lines.filter((line) => line.startsWith('gateway'))).toEqual([]);
  });
});
