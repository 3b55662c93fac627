import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../support/free-port.js';
import { MqttCaller } from './mqtt-caller.js';
import { type SpecimenMqtt, serveSpecimens } from './specimen-mqtt.js';

const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin` };
const installed = ['mosquitto', 'mosquitto_passwd'].every(
  (name) => spawnSync(name, ['-h'], { env: environment }).error === undefined,
);
const folder = new URL('../../../deploy/mosquitto/', import.meta.url);

/** Our configuration, moved to a folder and a port of the test. */
async function startMosquitto(home: string, port: number): Promise<ChildProcess> {
  const shipped = await readFile(new URL('mosquitto.conf', folder), 'utf8');
  const moved = shipped.replaceAll('/mosquitto/config', home).replace('listener 1883', `listener ${port} 127.0.0.1`);
  await writeFile(
    join(home, 'mosquitto.conf'),
    moved
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n'),
  );
  await writeFile(join(home, 'acl'), await readFile(new URL('acl', folder)));
  spawnSync('mosquitto_passwd', ['-c', '-b', join(home, 'passwords'), 'mstv', 'secret'], { env: environment });
  await chmod(home, 0o755);
  await chmod(join(home, 'passwords'), 0o644);
  const mosquitto = spawn('mosquitto', ['-c', join(home, 'mosquitto.conf')], { env: environment, stdio: 'ignore' });
  await vi.waitFor(() => once(connect(port, '127.0.0.1'), 'connect'), { timeout: 5_000 });
  return mosquitto;
}

describe.skipIf(!installed)('Mosquitto with the configuration in deploy/mosquitto', () => {
  let home: string;
  let mosquitto: ChildProcess;
  let port: number;
  let server: SpecimenMqtt;
  const clients: MqttClient[] = [];

  const anonymous = async (clientId: string) => {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId, protocolVersion: 5, reconnectPeriod: 0 });
    clients.push(client);
    return client;
  };
  const caller = async (protocolVersion: 4 | 5, clientId = `caller-${crypto.randomUUID()}`) => {
    const made = await MqttCaller.connect(`mqtt://127.0.0.1:${port}`, 'mstv', { protocolVersion, clientId });
    clients.push(made.client);
    return made;
  };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'mosquitto-'));
    port = await freePort();
    mosquitto = await startMosquitto(home, port);
    server = await serveSpecimens({ url: `mqtt://mstv:secret@127.0.0.1:${port}` });
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    await server.close();
    const exited = once(mosquitto, 'exit');
    mosquitto.kill();
    await exited;
    await rm(home, { recursive: true, force: true });
  });

  test.each([4, 5] as const)('lets an anonymous caller call, with MQTT version %i', async (version) => {
    const calling = await caller(version);
    expect((await calling.call('specimens/list-specimens', {})).result).toBeDefined();
  });

  test('shows replies to the caller alone, whatever others subscribe to', async () => {
    const spy = await anonymous('spy');
    const seen: string[] = [];
    spy.on('message', (topic) => seen.push(topic));
    await spy.subscribeAsync(['#', 'mstv/clients/#', 'mstv/clients/+/replies', 'mstv/rpc/#'], { qos: 1 });
    const calling = await caller(5);
    for (let count = 0; count < 3; count++) await calling.call('specimens/list-specimens', {});
    const own = await caller(5, 'spy-2');
    await own.call('specimens/list-specimens', {});
    await spy.publishAsync('mstv/rpc/specimens/list-specimens', '{}', { qos: 1 });
    expect(seen).toEqual([]);
  });

  test('lets nobody but the services send replies', async () => {
    const calling = await caller(5);
    const forger = await anonymous('forger');
    const forged = forger.publishAsync(calling.replyTopic, '{"result":"forged"}', { qos: 1 });
    await expect(forged).rejects.toThrow('Not authorized');
    await calling.call('specimens/list-specimens', {});
    expect(calling.received).toHaveLength(1);
  });

  test.each([
    ['mstv/clients/victim/replies'],
    ['mstv/clients/victim/#'],
    ['mstv/clients/victim/replies/#'],
    ['mstv/clients/victim/+'],
  ])('lets no client id that looks like a topic see a reply by %s', async (filter) => {
    const victim = await caller(5, 'victim');
    const seen: string[] = [];
    for (const clientId of ['victim/replies', 'victim/', '/victim']) {
      const spy = await anonymous(clientId);
      spy.on('message', (topic) => seen.push(topic));
      await spy.subscribeAsync(filter, { qos: 1 });
    }
    expect((await victim.call('specimens/list-specimens', {})).result).toBeDefined();
    expect((await (await caller(5)).call('specimens/list-specimens', {})).result).toBeDefined();
    expect(seen).toEqual([]);
  });

  test.each([['a/b'], ['+'], ['#']])('lets the client id %s reach no replies', async (clientId) => {
    const odd = await anonymous(clientId).catch(() => undefined);
    const seen: string[] = [];
    odd?.on('message', (topic) => seen.push(topic));
    await odd?.subscribeAsync('mstv/clients/#', { qos: 1 }).catch(() => undefined);
    await (await caller(5)).call('specimens/list-specimens', {});
    expect(seen).toEqual([]);
  });

  test('lets no one in with a wrong password', async () => {
    const wrong = connectAsync(`mqtt://mstv:wrong@127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 0 });
    await expect(wrong).rejects.toThrow('Not authorized');
  });

  test('closes the connection of who sends too large a packet', async () => {
    const calling = await caller(5);
    const gone = calling.gone();
    calling.client.publish('mstv/rpc/specimens/list-specimens', 'x'.repeat(1_100_000), { qos: 0 });
    await gone;
  });
});
