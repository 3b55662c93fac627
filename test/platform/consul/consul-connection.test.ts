import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectConsul } from '../../../src/platform/consul/consul-connection.js';
import { Authority, PemFolder } from '../../support/certificates.js';

describe.for(['127.0.0.1', '::1'])('a connection to Consul at %s', (host) => {
  const pem = new PemFolder();
  let server: Server;
  let caFile: string;
  let shown: unknown;

  beforeAll(async () => {
    const authority = await Authority.create();
    caFile = pem.write('ca.pem', authority.pem);
    server = createServer(await authority.issue({ names: [host] }), (request, response) => {
      shown = request.headers['x-consul-token'];
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    });
    server.listen(0, host);
    await once(server, 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    pem.remove();
  });

  const address = () => ({ host, port: (server.address() as AddressInfo).port, secure: true });

  test('goes over HTTPS to a certificate of its authority, with the token', async () => {
    const consul = connectConsul({ ...address(), caFile, token: 'its-secret' });
    await consul.kv.get({ key: 'config/', recurse: true });
    expect(shown).toBe('its-secret');
    shown = undefined;
    await consul.agent.service.register({ name: 'users', address: '10.0.0.1', port: 50_051 });
    expect(shown).toBe('its-secret');
    consul.destroy();
  });

  test('is not made to a server with an untrusted certificate', async () => {
    const consul = connectConsul(address());
    await expect(consul.kv.get('config/')).rejects.toThrow('certificate');
    consul.destroy();
  });

  test('requires a readable file of authorities, and names its variable', () => {
    expect(() => connectConsul({ ...address(), caFile: 'no-such.pem' })).toThrow(
      'CONSUL_CA_FILE: "no-such.pem" cannot be read',
    );
  });
});
