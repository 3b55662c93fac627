import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Collector } from '../platform/observability/collector.js';
import { eventually } from '../support/eventually.js';
import { type SplitTarget, startSplit } from '../support/split.js';

const { CONSUL_HOST = '', CONSUL_PORT = '8500' } = process.env;

const discoveries: { name: string; changes: Readonly<Record<string, string>>; isThere: boolean }[] = [
  { name: 'their addresses', changes: {}, isThere: true },
  { name: 'Consul', changes: { DISCOVERY: 'consul', CONSUL_HOST, CONSUL_PORT }, isThere: CONSUL_HOST !== '' },
];

/** One in Consul waits for its turn. */
const startTimeoutMs = 300_000;

const variables = ['http_proxy', 'https_proxy', 'grpc_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];

describe.for(discoveries)('a proxy in the environment of processes that find each other by $name', (discovery) => {
  describe.skipIf(!discovery.isThere)('a gateway and its services', () => {
    const collector = new Collector();
    let proxy: Server;
    let connections = 0;
    let target: SplitTarget;

    beforeAll(async () => {
      proxy = createServer((socket) => {
        connections++;
        socket.destroy();
      });
      await once(proxy.listen(0, '127.0.0.1'), 'listening');
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      target = await startSplit({
        ...Object.fromEntries(variables.map((name) => [name, url])),
        NODE_USE_ENV_PROXY: '1',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await collector.listen()}`,
        ...discovery.changes,
      });
    }, startTimeoutMs);

    afterAll(async () => {
      await target?.stop();
      await collector.close();
      proxy.close();
    });

    test('reach each other and the collector without it', async () => {
      await eventually(() => expect(collector.messages.map(({ path }) => path)).toContain('/v1/traces'));
      expect(connections).toBe(0);
    });
  });
});
