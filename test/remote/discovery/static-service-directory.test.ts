import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StaticServiceDirectory } from '../../../src/remote/discovery/static-service-directory.js';
import { eventually } from '../../support/eventually.js';
import { Lines } from './lines.js';
import { NameServer } from './name-server.js';
import { addresses, instancesOf, known, serviceDirectoryBehaviour } from './service-directory.behaviour.js';

const name = 'user-service.test';
const often = { intervalMs: 40, minIntervalMs: 5 };

serviceDirectoryBehaviour('the static directory with a DNS name', async () => {
  const server = await NameServer.listen();
  const lines = new Lines();
  const target = `dns://${server.address}/${name}:50051`;
  const directory = new StaticServiceDirectory({ 'user-service': target }, often, lines);
  const hosts = new Set<string>();
  const hostOf = (address: string) => address.split(':', 1)[0] ?? '';
  const publish = async () => server.set(name, [...hosts]);
  return {
    directory,
    service: 'user-service',
    join: (address) => {
      hosts.add(hostOf(address));
      return publish();
    },
    leave: (address) => {
      hosts.delete(hostOf(address));
      return publish();
    },
    cutOff: () => {
      server.isFailing = true;
      return lines.next(/no addresses for user-service.test .* keeping the 2 known/);
    },
    restore: () => {
      server.isFailing = false;
      return lines.next(/has addresses again/);
    },
    close: async () => {
      await directory.close();
      server.close();
    },
  };
});

describe('the static directory', () => {
  test('has configured addresses at once, without a look-up', async () => {
    const directory = new StaticServiceDirectory({ 'user-service': 'users-1:50051,users-2:50051' });
    directory.refresh('user-service');
    expect(instancesOf(directory, 'user-service')).toEqual([
      { id: 'users-1:50051', address: 'users-1:50051' },
      { id: 'users-2:50051', address: 'users-2:50051' },
    ]);
  });

  test('refuses an address that it can not read', () => {
    expect(() => new StaticServiceDirectory({ 'user-service': 'users' })).toThrow('"users" is not host:port');
  });

  test("uses the system's resolver for a name without a server, and one family of addresses", async () => {
    const directory = new StaticServiceDirectory({ 'user-service': 'dns:///localhost:50051' });
    await eventually(() =>
      expect(['127.0.0.1:50051', '[::1]:50051']).toContain(addresses(instancesOf(directory, 'user-service')).join()),
    );
    await directory.close();
  });
});

describe('a DNS name in the static directory', () => {
  let server: NameServer;
  let directory: StaticServiceDirectory;
  const open = (settings: { intervalMs: number; minIntervalMs: number }) => {
    directory = new StaticServiceDirectory(
      { 'user-service': `dns://${server.address}/${name}:50051` },
      settings,
      new Lines(),
    );
  };
  beforeEach(async () => {
    server = await NameServer.listen();
    server.set(name, ['10.0.0.1'], 3600);
  });
  afterEach(async () => {
    await directory.close();
    server.close();
  });

  test('is looked up again before a long TTL has passed', async () => {
    open(often);
    await known(directory, 'user-service', '10.0.0.1:50051');
    server.set(name, ['10.0.0.2'], 3600);
    await known(directory, 'user-service', '10.0.0.2:50051');
  });

  test('is looked up again at once when an instance does not answer', async () => {
    open({ intervalMs: 60_000, minIntervalMs: 5 });
    await known(directory, 'user-service', '10.0.0.1:50051');
    server.set(name, ['10.0.0.2']);
    directory.refresh('user-service');
    await known(directory, 'user-service', '10.0.0.2:50051');
  });

  test('is not looked up more often, however many calls fail', async () => {
    open({ intervalMs: 60_000, minIntervalMs: 60_000 });
    await known(directory, 'user-service', '10.0.0.1:50051');
    for (let call = 0; call < 1_000; call++) directory.refresh('user-service');
    expect(server.asked).toBe(1);
  });

  test('is not looked up any more after close', async () => {
    open({ intervalMs: 5, minIntervalMs: 1 });
    await known(directory, 'user-service', '10.0.0.1:50051');
    await eventually(() => expect(server.asked).toBeGreaterThan(1));
    await directory.close();
    expect(addresses(instancesOf(directory, 'user-service'))).toEqual(['10.0.0.1:50051']);
  });
});
