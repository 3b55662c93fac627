import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Login } from '../../src/modules/auth/contract/index.js';
import { TcpProxy } from '../protocols/mqtt/tcp-proxy.js';
import { createClient } from '../support/create-client.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { type SplitTarget, startSplit } from '../support/split.js';

const { MQTT_URL } = process.env;

describe.skipIf(!MQTT_URL)('a gateway that was there before its broker (MQTT_URL)', () => {
  const wire = new TcpProxy(new URL(MQTT_URL || 'mqtt://127.0.0.1:1883'));
  let port: number;
  let target: SplitTarget;

  beforeAll(async () => {
    port = await freePort();
    target = await startSplit({
      MQTT_URL: `mqtt://127.0.0.1:${port}`,
      MQTT_TOPIC_PREFIX: `test-${crypto.randomUUID()}`,
    });
  });

  afterAll(async () => {
    await target?.stop();
    wire.close();
  });

  const readiness = async () => (await fetch(`${target.addresses.http}/health/ready`)).status;

  test('serves the other protocols, reports it, and takes requests as soon as there is one', async () => {
    expect(await readiness()).toBe(503);
    const url = await wire.listen(port);
    expect(target.addresses.mqtt).toBe(url);
    await eventually(async () => expect(await readiness()).toBe(200));
    const client = createClient({ protocol: 'mqtt', url, mqttTopicPrefix: target.topicPrefix });
    expect(await client.execute(new Login(target.administrator))).toHaveProperty('token');
    await client.close();
  });
});
