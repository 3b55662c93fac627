import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PayloadTooLarge, ServiceUnavailable } from '../../src/contract/built-in-failures.js';
import { protocols } from '../../src/contract/operation.js';
import { CreateSpecimen, ListSpecimens, WaitForSpecimen } from '../fixtures/specimens/specimens.operations.js';
import { type SpecimenTarget, startSpecimens } from '../support/specimen-target.js';
import { CuttingProxy } from './cutting-proxy.js';
import { clientOf } from './specimen-client.js';

let target: SpecimenTarget;

beforeAll(async () => {
  target = await startSpecimens();
});

afterAll(() => target.stop());

const running = () => target.application.pipeline.running;

/** Whether the broker is one that others use as well. */
const isForeign = (protocol: string): boolean => protocol === 'mqtt' && process.env.MQTT_URL !== undefined;

describe.each(protocols.filter((protocol) => !isForeign(protocol)))('a client over %s', (protocol) => {
  test('fails the calls of a connection that is lost, and connects again for the next', async () => {
    const { http, grpc = '', mqtt = '' } = target.addresses;
    const address = { rest: http, graphql: http, grpc, websocket: http, mqtt }[protocol];
    const port = address.split(':').at(-1) ?? '';
    const proxy = await CuttingProxy.before(Number(port));
    const client = clientOf(target, protocol, { url: address.replace(port, String(proxy.port)) });
    const cut = client.execute(new WaitForSpecimen());
    await expect.poll(running).toBeGreaterThan(0);
    proxy.cut();
    await expect(cut).rejects.toBeInstanceOf(ServiceUnavailable);
    expect(await client.execute(new ListSpecimens())).toMatchObject({ items: [] });
    await expect.poll(running).toBe(0);
    await client.close();
    await proxy.close();
  });
});

test('a WebSocket that is closed for one message too large fails that call, and the others may be retried', async () => {
  const client = clientOf(target, 'websocket', { token: await target.application.token('USER') });
  const other = client.execute(new WaitForSpecimen());
  await expect.poll(running).toBeGreaterThan(0);
  const outcomes = [client.execute(new CreateSpecimen({ name: 'x'.repeat(70_000) })), other];
  const [large, innocent] = await Promise.allSettled(outcomes);
  expect(large).toMatchObject({ reason: expect.any(PayloadTooLarge) });
  expect(innocent).toMatchObject({ reason: expect.any(ServiceUnavailable) });
  await client.close();
});

test('a client over gRPC with two servers calls both, and one if the other has ended', async () => {
  const other = await startSpecimens();
  const url = `ipv4:${target.addresses.grpc},${other.addresses.grpc}`;
  const client = clientOf(target, 'grpc', { url });
  const waiting: Promise<unknown>[] = [];
  const oneMore = () => {
    waiting.push(client.execute(new WaitForSpecimen()).catch(() => undefined));
    return [running() > 0, other.application.pipeline.running > 0];
  };
  await expect.poll(oneMore).toEqual([true, true]);
  await other.stop();
  expect(await client.execute(new ListSpecimens())).toMatchObject({ items: [] });
  await client.close();
  await Promise.all(waiting);
});
