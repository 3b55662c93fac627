import { credentials, Client as GrpcClient, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Protocol, protocols } from '../../src/contract/operation.js';
import { Register } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { Authority, PemFolder } from '../support/certificates.js';
import { createClient } from '../support/create-client.js';
import { type RunningProcess, startProcess } from '../support/process.js';
import { type SplitTarget, startSplit } from '../support/split.js';

type Environment = Readonly<Record<string, string>>;

const folder = new PemFolder();
const password = 'correct horse battery';
let ours: Authority;
let caFile: string;

beforeAll(async () => {
  ours = await Authority.create();
  caFile = folder.write('ca.pem', ours.pem);
});

afterAll(() => folder.remove());

/** A process that shows a certificate of `authority` for `name` to those it calls and those who call it. */
async function identity(name: string, authority = ours) {
  const { certFile, keyFile } = folder.identity(
    `${name}-${crypto.randomUUID()}`,
    await authority.issue({ names: [name] }),
  );
  const caller = { SERVICE_TLS_CERT_FILE: certFile, SERVICE_TLS_KEY_FILE: keyFile, SERVICE_TLS_CA_FILE: caFile };
  return { caller, listener: { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, GRPC_TLS_CLIENT_CA_FILE: caFile } };
}

async function startSecured(changes: Environment): Promise<SplitTarget> {
  const services = await Promise.all(
    ['user-service', 'auth-service'].map(async (name) => {
      const { caller, listener } = await identity(name);
      return [name, { ...caller, ...listener }] as const;
    }),
  );
  return startSplit(changes, {
    'api-gateway': (await identity('api-gateway')).caller,
    ...Object.fromEntries(services),
  });
}

const { CONSUL_HOST = '', CONSUL_PORT = '8500' } = process.env;

const discoveries: { name: string; changes: Environment; isThere: boolean }[] = [
  { name: 'their addresses', changes: {}, isThere: true },
  { name: 'Consul', changes: { DISCOVERY: 'consul', CONSUL_HOST, CONSUL_PORT }, isThere: CONSUL_HOST !== '' },
];

describe.for(discoveries)('by $name', ({ changes, isThere }) => {
  describe.skipIf(!isThere)('processes that show each other certificates', () => {
    let target: SplitTarget;

    beforeAll(async () => {
      target = await startSecured(changes);
    });

    afterAll(() => target?.stop());

    const urlOf = (protocol: Protocol): string => {
      const { http, grpc = '', mqtt = '' } = target.addresses;
      return { rest: http, graphql: http, websocket: http, grpc, mqtt }[protocol];
    };

    test.each(protocols)('serve those who have none through the gateway, over %s', async (protocol) => {
      const email = `user-${crypto.randomUUID()}@example.com`;
      let token: string | undefined;
      const client = createClient({ protocol, url: urlOf(protocol), token: () => token });
      const registered = await client.execute(new Register({ email, password, name: 'Ada' }));
      token = registered.token;
      expect(await client.execute(new GetMe())).toEqual(registered.user);
      await client.close();
    });

    test('refuse those who have none, or one of somebody else, and take those who have one', async () => {
      const port = target.grpc['user-service']?.split(':')[1];
      const codeWith = async (shown?: { cert: string; key: string }) => {
        const [key, cert] = shown ? [Buffer.from(shown.key), Buffer.from(shown.cert)] : [null, null];
        const tls = credentials.createSsl(Buffer.from(ours.pem), key, cert);
        const client = new GrpcClient(`127.0.0.1:${port}`, tls, { 'grpc.ssl_target_name_override': 'user-service' });
        const same = (bytes: Buffer) => bytes;
        const error = await new Promise<ServiceError | null>((resolve) => {
          client.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, Buffer.alloc(0), resolve);
        });
        client.close();
        return error?.code ?? status.OK;
      };
      const foreign = await Authority.create('foreign');
      expect([await codeWith(), await codeWith(await foreign.issue()), await codeWith(await ours.issue())]).toEqual([
        status.UNAVAILABLE,
        status.UNAVAILABLE,
        status.OK,
      ]);
    });

    test('answer nothing to a gateway with a certificate of somebody else, whose log says why', async () => {
      const untrusted = await identity('api-gateway', await Authority.create('untrusted'));
      const gateway = startProcess({
        ...changes,
        HOST: '127.0.0.1',
        LOG_LEVEL: 'info',
        SERVICE_NAME: 'api-gateway',
        USER_SERVICE_ADDRESS: target.grpc['user-service'] ?? '',
        AUTH_SERVICE_ADDRESS: target.grpc['auth-service'] ?? '',
        ...untrusted.caller,
      });
      const [, http] = await gateway.line(/Health +(http[^/]*\/\/[^/"]+)/);
      const answer = await fetch(`${http}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'nobody@example.com', password }),
      });
      expect([answer.status, await answer.json()]).toEqual([
        503,
        expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }),
      ]);
      await gateway.line(/auth-service: no connection to 127\.0\.0\.1:\d+ \(.+\)/);
      expect(await gateway.end('SIGTERM')).toBe(0);
    });
  });
});

describe('a service that cannot use its certificates', () => {
  const ended = async (environment: Environment) => {
    const started: RunningProcess = startProcess({ SERVICE_NAME: 'api-gateway', ...environment });
    return [await started.exited(), started.output.join('\n')];
  };

  test('does not start, and names every variable', async () => {
    const { caller, listener } = await identity('api-gateway');
    expect(await ended({ ...listener, GRPC_TLS_CLIENT_CA_FILE: 'nowhere.pem' })).toEqual([
      1,
      expect.stringMatching(/GRPC_TLS_CLIENT_CA_FILE: "nowhere.pem" cannot be read \(ENOENT\)/),
    ]);
    const other = await identity('other');
    const SERVICE_TLS_KEY_FILE = other.caller.SERVICE_TLS_KEY_FILE;
    expect(await ended({ ...caller, SERVICE_TLS_KEY_FILE })).toEqual([
      1,
      expect.stringMatching(/SERVICE_TLS_KEY_FILE: ".*" is not the key of ".*"/),
    ]);
  });
});
