import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { connectConsul } from '../../../src/platform/consul/consul-connection.js';
import {
  type ConsulDirectorySettings,
  ConsulServiceDirectory,
} from '../../../src/remote/discovery/consul-service-directory.js';
import { ConsulWire, consulServer, hasConsul } from './consul-server.js';
import { Lines } from './lines.js';
import { addresses, instancesOf, known, serviceDirectoryBehaviour } from './service-directory.behaviour.js';

const settings: ConsulDirectorySettings = {
  waitSeconds: 5,
  backoff: { baseMs: 10, maxMs: 20 },
  emptyGraceMs: 60_000,
};

describe.skipIf(!hasConsul)('with CONSUL_HOST', () => {
  const consul = connectConsul(consulServer);
  const idOf = (service: string, address: string, process: string) => `${service}-${address}-${process}`;
  const register = (service: string, address: string, process = 'first') => {
    const [host = '', port] = address.split(':');
    const id = idOf(service, address, process);
    return consul.agent.service.register({ name: service, id, address: host, port: Number(port) });
  };
  const deregister = (service: string, address: string, process = 'first') =>
    consul.agent.service.deregister(idOf(service, address, process));

  serviceDirectoryBehaviour('the Consul directory', async () => {
    const wire = await ConsulWire.open();
    const lines = new Lines();
    const service = `test-${randomUUID()}`;
    const directory = new ConsulServiceDirectory(wire.connect(), settings, lines);
    const joined = new Set<string>();
    return {
      directory,
      service,
      join: async (address) => {
        joined.add(address);
        await register(service, address);
      },
      leave: async (address) => {
        joined.delete(address);
        await deregister(service, address);
      },
      cutOff: () => {
        wire.cut();
        return lines.next(/no answer from Consul, keeping the last values/);
      },
      restore: async () => {
        const back = lines.next(/Consul answers again/);
        await wire.restore();
        await back;
      },
      close: async () => {
        await directory.close();
        wire.cut();
        for (const address of joined) await deregister(service, address);
      },
    };
  });

  describe('the Consul directory', () => {
    const service = `test-${randomUUID()}`;
    const one = '10.0.0.1:50051';
    const two = '10.0.0.2:50051';
    let directory: ConsulServiceDirectory;
    const open = (changes: Partial<ConsulDirectorySettings> = {}) => {
      directory = new ConsulServiceDirectory(consul, { ...settings, ...changes }, new Lines());
      return directory;
    };
    afterEach(async () => {
      await directory.close();
      for (const address of [one, two]) {
        for (const process of ['first', 'second']) await deregister(service, address, process).catch(() => undefined);
      }
    });

    test('leaves out an instance whose check fails, and takes it back', async () => {
      open();
      await register(service, one);
      await consul.agent.service.register({
        name: service,
        id: idOf(service, two, 'first'),
        address: '10.0.0.2',
        port: 50051,
        check: { name: 'heartbeat', checkid: `${service}-check`, ttl: '1m', timeout: '1s', status: 'passing' },
      });
      await known(directory, service, one, two);
      await consul.agent.check.fail(`${service}-check`);
      await known(directory, service, one);
      await consul.agent.check.pass(`${service}-check`);
      await known(directory, service, one, two);
    });

    test('takes the later one of two processes at one address', async () => {
      open();
      await register(service, one);
      await register(service, one, 'second');
      await known(directory, service, one);
      expect(instancesOf(directory, service)).toEqual([{ id: idOf(service, one, 'second'), address: one }]);
    });

    test('keeps the last instances for a while when Consul has none', async () => {
      open();
      await register(service, one);
      await known(directory, service, one);
      const heard: string[] = [];
      directory.watch(service, (instances) => heard.push(addresses(instances).join()));
      await deregister(service, one);
      await register(service, two);
      await known(directory, service, two);
      expect(heard).toEqual([one, two]);
    });

    test('has none in the end', async () => {
      open({ emptyGraceMs: 10 });
      await register(service, one);
      await known(directory, service, one);
      await deregister(service, one);
      await known(directory, service);
    });
  });
});
