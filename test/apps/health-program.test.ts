import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authority, PemFolder } from '../support/certificates.js';
import { freePort } from '../support/free-port.js';
import { type LoneGateway, startLoneGateway } from '../support/lone-gateway.js';
import { addressesOf, gateway } from '../support/parts.js';
import { startProgram } from '../support/process.js';

type Environment = Readonly<Record<string, string>>;

async function health(environment: Environment, ...check: readonly string[]) {
  const common = { SERVICE_NAME: gateway, NODE_ENV: 'test', ...addressesOf(() => '127.0.0.1:1') };
  const program = ['dist/bundle/health.js', ...check];
  const { exited, output } = startProgram(process.execPath, program, { ...common, ...environment });
  return { code: await exited(), output: output.join('\n') };
}

describe('the health program', () => {
  let folder: PemFolder;
  let running: LoneGateway;
  let environment: Environment;

  beforeAll(async () => {
    folder = new PemFolder();
    const { certFile, keyFile } = folder.identity('server', await (await Authority.create()).issue());
    const tls = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile };
    running = await startLoneGateway(tls);
    environment = { ...tls, PORT: new URL(running.addresses.http).port };
  });

  afterAll(async () => {
    await running.application.stop();
    folder.remove();
  });

  test('finds a process alive over TLS, whoever issued the certificate', async () => {
    expect(await health(environment)).toEqual({ code: 0, output: '/health/live answered 200' });
  });

  test('finds it ready', async () => {
    expect(await health(environment, 'ready')).toEqual({ code: 0, output: '/health/ready answered 200' });
  });

  test('ends with 1 where nothing listens', async () => {
    const { code, output } = await health({ PORT: `${await freePort()}` });
    expect(code).toBe(1);
    expect(output).toContain('ECONNREFUSED');
  });

  test('names the checks that there are', async () => {
    const { code, output } = await health(environment, 'lively');
    expect(code).toBe(1);
    expect(output).toContain('lively is no health check: use one of live, ready');
  });
});
