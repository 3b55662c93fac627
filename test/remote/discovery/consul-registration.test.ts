import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectConsul } from '../../../src/platform/consul/consul-connection.js';
import { HealthService } from '../../../src/protocols/grpc/health-service.js';
import { ConsulRegistration, type RegistrationSettings } from '../../../src/remote/discovery/consul-registration.js';
import { ConsulServiceDirectory } from '../../../src/remote/discovery/consul-service-directory.js';
import { Authority } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';
import { ConsulWire, consulServer, hasConsul } from './consul-server.js';
import { Lines } from './lines.js';
import { instancesOf, known } from './service-directory.behaviour.js';

const fast: RegistrationSettings = {
  ttlSeconds: 1,
  checkSeconds: 1,
  forgetSeconds: 60,
  requestTimeoutMs: 1_000,
  backoff: { baseMs: 5, maxMs: 20 },
};

const listening = (server: Server, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port))),
  );

describe.skipIf(!hasConsul)('a process that registers with Consul', () => {
  const consul = connectConsul(consulServer);
  let wire: ConsulWire;
  let directory: ConsulServiceDirectory;
  let registration: ConsulRegistration;
  let fastify: FastifyInstance;
  let grpc: Server;
  let service: string;
  let address: string;
  let isReady: boolean;
  const lines = new Lines();

  beforeEach(async () => {
    isReady = true;
    service = `test-${randomUUID()}`;
    fastify = Fastify();
    fastify.get('/health/ready', async (_request, reply) => reply.code(isReady ? 200 : 503).send());
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    grpc = new Server();
    new HealthService([]).addTo(grpc);
    const grpcPort = await listening(grpc, ServerCredentials.createInsecure());
    address = `127.0.0.1:${grpcPort}`;
    wire = await ConsulWire.open();
    const httpPort = (fastify.server.address() as AddressInfo).port;
    const served = { service, host: '127.0.0.1', grpcPort, httpPort };
    registration = new ConsulRegistration(wire.connect(), served, fast, lines);
    directory = new ConsulServiceDirectory(
      consul,
      { waitSeconds: 5, backoff: { baseMs: 10, maxMs: 20 }, emptyGraceMs: 1 },
      lines,
    );
  });
  afterEach(async () => {
    await registration.stop();
    await directory.close();
    wire.cut();
    await fastify.close();
    grpc.forceShutdown();
    await consul.agent.service.deregister(registration.id).catch(() => undefined);
  });

  const checks = async () => {
    const all = Object.values(await consul.agent.check.list()).filter(({ ServiceID }) => ServiceID === registration.id);
    return Object.fromEntries(all.map(({ Name, Status, Output }) => [Name, { Status, Output }]));
  };

  test('is found at once, with checks by gRPC, by HTTP and by its heartbeat', async () => {
    await registration.start();
    await known(directory, service, address);
    expect(instancesOf(directory, service)).toEqual([{ id: registration.id, address }]);
    expect(Object.keys(await checks()).sort()).toEqual(['HTTP', 'gRPC', 'heartbeat']);
  });

  test('stays while it lives and its checks have run', async () => {
    await registration.start();
    await eventually(async () => {
      const { gRPC, HTTP } = await checks();
      expect(gRPC?.Output).toMatch(/success/);
      expect(HTTP?.Output).toMatch(/200 OK/);
    });
    expect(Object.values(await checks()).map(({ Status }) => Status)).toEqual(['passing', 'passing', 'passing']);
  });

  test.each([
    ['with TLS', false, /success/],
    ['with TLS that asks for certificates', true, /Success/],
  ])('stays while it serves %s', async (_, requiresClientCertificate, says) => {
    const authority = await Authority.create();
    const { cert, key } = await authority.issue({ names: ['users'] });
    const secureHttp = Fastify({ https: { cert, key } });
    secureHttp.get('/health/ready', async (_request, reply) => reply.code(200).send());
    await secureHttp.listen({ port: 0, host: '127.0.0.1' });
    const secureGrpc = new Server();
    new HealthService([]).addTo(secureGrpc);
    const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
    const grpcPort = await listening(
      secureGrpc,
      ServerCredentials.createSsl(Buffer.from(authority.pem), [pair], requiresClientCertificate),
    );
    const httpPort = (secureHttp.server.address() as AddressInfo).port;
    const served = { service, host: '127.0.0.1', grpcPort, httpPort, tls: true, requiresClientCertificate };
    registration = new ConsulRegistration(wire.connect(), served, fast, lines);
    await registration.start();
    await eventually(async () => {
      const { gRPC, HTTP } = await checks();
      expect(gRPC?.Output).toMatch(says);
      expect(HTTP?.Output).toMatch(/200 OK/);
    });
    expect(Object.values(await checks()).map(({ Status }) => Status)).toEqual(['passing', 'passing', 'passing']);
    await secureHttp.close();
    secureGrpc.forceShutdown();
  });

  test('is found by HTTP where it serves no gRPC, with the checks that are left', async () => {
    const httpPort = (fastify.server.address() as AddressInfo).port;
    registration = new ConsulRegistration(
      wire.connect(),
      { service, host: '127.0.0.1', grpcPort: undefined, httpPort },
      fast,
      lines,
    );
    await registration.start();
    await known(directory, service, `127.0.0.1:${httpPort}`);
    expect(Object.keys(await checks()).sort()).toEqual(['HTTP', 'heartbeat']);
  });

  test('is left out while it is not ready', async () => {
    await registration.start();
    await known(directory, service, address);
    isReady = false;
    await known(directory, service);
    isReady = true;
    await known(directory, service, address);
  });

  test('is gone as soon as it stops', async () => {
    await registration.start();
    await known(directory, service, address);
    await registration.stop();
    await known(directory, service);
    expect(await checks()).toEqual({});
  });

  test('is gone for others when its heartbeats end', async () => {
    await registration.start();
    await known(directory, service, address);
    wire.cut();
    await known(directory, service);
  });

  test('registers again when Consul has lost it', async () => {
    await registration.start();
    await known(directory, service, address);
    await consul.agent.service.deregister(registration.id);
    await known(directory, service);
    await known(directory, service, address);
  });

  test('starts without Consul, and registers when it is there', async () => {
    wire.cut();
    const away = lines.next(/Consul does not accept this process/);
    const started = registration.start();
    await away;
    await wire.restore();
    await started;
    await known(directory, service, address);
  });

  test('stops without Consul', async () => {
    await registration.start();
    wire.cut();
    await registration.stop();
    expect(lines.all.at(-1)).toMatch(/Consul could not be informed that this process stops/);
  });

  test('stops before it was registered, and leaves nothing behind', async () => {
    const started = registration.start();
    await registration.stop();
    await started;
    expect(await checks()).toEqual({});
  });

  test('stops without having been started', async () => {
    await registration.stop();
    expect(await checks()).toEqual({});
  });
});
