import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { protocols } from '../../src/contract/operation.js';
import { Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { Authority, PemFolder } from '../support/certificates.js';
import { createClient } from '../support/create-client.js';
import { hasOwnConsul, OwnConsul } from '../support/own-consul.js';
import { gateway, parts } from '../support/parts.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { startSplit } from '../support/split.js';

const [, documented = ''] = /```hcl\n(.*?)```/s.exec(readFileSync('docs/deployment.md', 'utf8')) ?? [];

/** What the documentation says that a process of `service` needs. */
const rulesOf = (service: string): string => documented.replaceAll('user-service', service);

const withoutRegistration = rulesOf(gateway).replaceAll(/^service ".*$/gm, '');

describe.skipIf(!hasOwnConsul)('with CONSUL_PROGRAM, a Consul with ACLs over HTTPS', { timeout: 120_000 }, () => {
  let consul: OwnConsul;
  beforeAll(async () => {
    consul = await OwnConsul.start();
  }, 120_000);
  afterAll(() => consul?.stop());

  const startGateway = (variables: Readonly<Record<string, string>>): RunningProcess =>
    startProcess({ SERVICE_NAME: gateway, DISCOVERY: 'consul', ...variables });

  test('takes gateway and services with the rights that the documentation names, and shows no token in a log', async () => {
    const services = [gateway, ...parts];
    const tokens = await Promise.all(services.map((service) => consul.newToken(rulesOf(service))));
    const own = services.map((service, index) => [service, { CONSUL_TOKEN: tokens[index]?.secret ?? '' }] as const);
    const target = await startSplit({ DISCOVERY: 'consul', ...consul.environment() }, Object.fromEntries(own));
    try {
      const { http, grpc = '', mqtt = '' } = target.addresses;
      const urls = { rest: http, graphql: http, websocket: http, grpc, mqtt };
      for (const protocol of protocols) {
        const connect = (token?: string) => createClient({ protocol, url: urls[protocol], token });
        const anyone = connect();
        const { token } = await anyone.execute(new Login(target.administrator));
        const signedIn = connect(token);
        expect(await signedIn.execute(new GetMe())).toMatchObject({ email: target.administrator.email });
        await Promise.all([anyone.close(), signedIn.close()]);
      }
      for (const service of services)
        expect(await consul.ask('GET', `/v1/health/service/${service}?passing`)).toHaveLength(1);
      await consul.ask('PUT', `/v1/kv/config/${gateway}/log-level`, 'debug');
      await target.process(gateway).line(/log-level.*debug/);
      for (const service of services) {
        const output = target.process(service).output.join('\n');
        for (const { secret } of tokens) expect(output).not.toContain(secret);
      }
    } finally {
      await target.stop();
      await consul.ask('DELETE', `/v1/kv/config/${gateway}?recurse=true`);
    }
    for (const service of services)
      expect(await consul.ask('GET', `/v1/health/service/${service}?passing`)).toEqual([]);
  });

  test('refuses a process without the right to register, which says so, and takes it once it has that', async () => {
    const { secret, policy } = await consul.newToken(withoutRegistration);
    const running = startGateway(consul.environment(secret));
    try {
      await running.line(/Consul does not accept this process.*(Forbidden|Permission denied|lacks permission)/i);
      await consul.changeRules(policy, rulesOf(gateway));
      await running.line(/Consul accepts this process again/);
      expect(await consul.ask('GET', `/v1/health/service/${gateway}?passing`)).toHaveLength(1);
    } finally {
      await running.end('SIGTERM');
    }
  });

  test.each([
    ['no token', () => consul.environment()],
    ['a token that it does not know', () => consul.environment(crypto.randomUUID())],
  ])('refuses a process with %s, which says so', async (_, variables) => {
    const running = startGateway(variables());
    try {
      // who shows none may look into every folder, and finds nothing there
      const refusal =
        /(no answer from Consul|Consul does not accept this process).*(forbidden|permission denied|ACL not found)/i;
      await running.line(refusal);
    } finally {
      await running.end('SIGTERM');
    }
  });

  test('is not used if its certificate is of another authority', async () => {
    const pem = new PemFolder();
    const caFile = pem.write('other.pem', (await Authority.create()).pem);
    const { secret } = await consul.newToken(rulesOf(gateway));
    const running = startGateway({ ...consul.environment(secret), CONSUL_CA_FILE: caFile });
    try {
      await running.line(/no answer from Consul.*certificate/);
      expect(await consul.ask('GET', `/v1/health/service/${gateway}`)).toEqual([]);
    } finally {
      await running.end('SIGTERM');
      pem.remove();
    }
  });
});
