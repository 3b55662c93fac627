import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { connectConsul } from '../../../src/platform/consul/consul-connection.js';
import { ConsulSettingsSource } from '../../../src/platform/dynamic/consul-settings-source.js';
import { ConsulWire, consulServer, hasConsul } from '../../remote/discovery/consul-server.js';
import { Lines } from '../../remote/discovery/lines.js';
import { settingsSourceBehaviour } from './settings-source.behaviour.js';

const watchSettings = { waitSeconds: 5, backoff: { baseMs: 10, maxMs: 20 } };

describe.skipIf(!hasConsul)('with CONSUL_HOST', () => {
  const consul = connectConsul(consulServer);

  settingsSourceBehaviour(
    'settings in Consul',
    async () => {
      const folder = `config/test-${randomUUID()}`;
      const wire = await ConsulWire.open();
      const lines = new Lines();
      const source = new ConsulSettingsSource(wire.connect(), folder, watchSettings, lines);
      return {
        source,
        set: async (key, text) => {
          if (text === undefined) await consul.kv.del(`${folder}/${key}`);
          else await consul.kv.set(`${folder}/${key}`, text);
        },
        outage: {
          begin: () => {
            wire.cut();
            return lines.next(/no answer from Consul, keeping the last values/);
          },
          end: async () => {
            const back = lines.next(/Consul answers again/);
            await wire.restore();
            await back;
          },
        },
        close: async () => {
          await source.close();
          wire.cut();
          await consul.kv.del({ key: `${folder}/`, recurse: true });
        },
      };
    },
    true,
  );

  test.each(['', '/'])('a folder that is deleted as a whole is no longer in force: %j at its end', async (end) => {
    const above = `config-${randomUUID()}`;
    const folder = `${above}/application`;
    await consul.kv.set(`${folder}/log-level`, 'warn');
    await consul.kv.set(`${folder}/rate-limits`, 'caller=1/s');
    const source = new ConsulSettingsSource(consul, folder, { ...watchSettings, waitSeconds: 1 }, new Lines());
    let reported: unknown;
    source.watch((entries) => {
      reported = entries;
    });
    try {
      await consul.kv.del(`${folder}/log-level`);
      await expect.poll(() => reported).toEqual(new Map([['rate-limits', 'caller=1/s']]));
      await consul.kv.del({ key: `${above}${end}`, recurse: true });
      await expect.poll(() => reported).toEqual(new Map());
    } finally {
      await source.close();
      await consul.kv.del({ key: above, recurse: true });
    }
  });

  test('a folder that the web interface made is no setting, nor is a folder whose name begins alike', async () => {
    const folder = `config/test-${randomUUID()}`;
    await consul.kv.set(`${folder}/`, '');
    await consul.kv.set(`${folder}/flags/`, '');
    await consul.kv.set(`${folder}/log-level`, '  debug\n');
    await consul.kv.set(`${folder}-other/log-level`, 'warn');
    const source = new ConsulSettingsSource(consul, folder, watchSettings, new Lines());
    try {
      let reported: unknown;
      source.watch((entries) => {
        reported = entries;
      });
      await source.ready;
      expect(reported).toEqual(new Map([['log-level', 'debug']]));
    } finally {
      await source.close();
      await consul.kv.del({ key: folder, recurse: true });
    }
  });
});
