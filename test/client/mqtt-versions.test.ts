import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../src/contract/built-in-failures.js';
import { ListSpecimens } from '../fixtures/specimens/specimens.operations.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import { clientOf } from './specimen-client.js';

let target: SpecimenTarget;

beforeAll(async () => {
  target = await startSpecimens();
});

afterAll(() => target.stop());

const list = async (mqttVersion?: 4 | 5) => {
  const client = clientOf(target, 'mqtt', { mqttVersion });
  try {
    return await client.execute(new ListSpecimens());
  } finally {
    await client.close();
  }
};

describe.skipIf(process.env.MQTT_URL !== undefined)('the embedded broker', () => {
  test('speaks MQTT 3.1.1 alone, which a client finds out by itself', async () => {
    expect(await list()).toMatchObject({ items: [] });
    expect(await list(4)).toMatchObject({ items: [] });
    await expect(list(5)).rejects.toBeInstanceOf(ServiceUnavailable);
  });
});

describe.skipIf(process.env.MQTT_URL === undefined)('a broker of MQTT_URL', () => {
  test('is called with MQTT 5, or with 3.1.1 on request', async () => {
    expect(await list()).toMatchObject({ items: [] });
    expect(await list(4)).toMatchObject({ items: [] });
    expect(await list(5)).toMatchObject({ items: [] });
  });

  test('fails at once where nobody serves a topic', async () => {
    const client = clientOf(target, 'mqtt', { mqttVersion: 5, mqttTopicPrefix: `nobody-${crypto.randomUUID()}` });
    await expect(client.execute(new ListSpecimens())).rejects.toBeInstanceOf(ServiceUnavailable);
    await client.close();
  });
});
