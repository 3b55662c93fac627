import { describe, expect, it } from 'vitest';
import { connectConsul } from '../../src/platform/consul/consul-connection.js';
import { consulServer, hasConsul } from '../remote/discovery/consul-server.js';
import { startProcess } from '../support/process.js';

describe.skipIf(!hasConsul)('a process with CONSUL_HOST', () => {
  const consul = connectConsul(consulServer);
  const folder = 'config/api-gateway';

  it('takes what is set in Consul before it listens and while it runs, and refuses what is not valid', async () => {
    await consul.kv.set(`${folder}/rate-limits`, 'address=2/1h');
    const started = startProcess({
      SERVICE_NAME: 'api-gateway',
      CONSUL_HOST: consulServer.host,
      CONSUL_PORT: `${consulServer.port}`,
    });
    try {
      const [, url] = await started.line(/Health +(http\S+)\/health/);
      const status = async () => (await fetch(`${url}/users`)).status;
      expect([await status(), await status(), await status()]).toEqual([401, 401, 429]);
      await consul.kv.set(`${folder}/rate-limits`, 'none');
      await started.line(/rate-limits.*none.*refused.*it stays.*address=2/);
      expect(await status()).toBe(429);
      await consul.kv.set(`${folder}/rate-limits`, 'off');
      await expect.poll(status).toBe(401);
      await consul.kv.set(`${folder}/log-level`, 'warn');
      await consul.kv.set(`${folder}/resilience`, '{ "timeoutMs": 5000 }');
      await consul.kv.set(`${folder}/no-such-setting`, '1');
      await started.line(/no-such-setting/);
      const lines = (text: string) => started.output.filter((line) => line.includes(text));
      expect(lines(`${folder}/resilience is now`)).toHaveLength(1);
      expect(lines('new resilience settings')).toEqual([]);
    } finally {
      await started.end('SIGTERM');
      await consul.kv.del({ key: `${folder}/`, recurse: true });
    }
  });
});
