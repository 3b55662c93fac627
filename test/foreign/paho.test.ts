import { describe } from 'vitest';
import type { RawConnectable } from '../conformance/drivers/drivers.js';
import { MqttDriver } from '../conformance/drivers/mqtt.js';
import { hasMosquitto, ShippedMosquitto } from '../protocols/mqtt/shipped-mosquitto.js';
import { startApplication } from '../support/application.js';
import { givenServers } from '../support/given-servers.js';
import { startSplit } from '../support/split.js';
import { type RunningTarget, whenReady } from '../support/target.js';
import { foreignCalls } from './foreign.behaviour.js';
import { paho } from './paho.js';

/** Ready when it has subscribed: earlier requests get no answer. */
async function startReadySplit(): Promise<RunningTarget> {
  const target = await startSplit(givenServers());
  await whenReady(target);
  return target;
}

const { FOREIGN_PYTHON, MQTT_URL } = process.env;
const embedded = { MQTT_URL: '' };

const client = (version: 4 | 5, { namesItself = false } = {}): RawConnectable => ({
  name: `paho-mqtt on MQTT ${version === 5 ? '5' : '3.1.1'}`,
  protocol: 'mqtt',
  carriesBody: () => version === 5,
  connect: ({ addresses, topicPrefix }) =>
    new MqttDriver({ topicPrefix, version, namesItself, open: paho(addresses.mqtt ?? '', version) }),
});

/** Behind the access rules of deploy/mosquitto. */
async function startGuarded(): Promise<RunningTarget> {
  const mosquitto = await ShippedMosquitto.start();
  const target = await startApplication({ MQTT_URL: mosquitto.urlOfServices, MQTT_TOPIC_PREFIX: 'mstv' });
  const stop = async () => {
    await target.stop();
    await mosquitto.stop();
  };
  return { ...target, addresses: { ...target.addresses, mqtt: mosquitto.url }, stop };
}

describe.skipIf(FOREIGN_PYTHON === undefined)('With FOREIGN_PYTHON,', () => {
  foreignCalls(client(4), { name: 'the embedded broker of the monolith', start: () => startApplication(embedded) });
  foreignCalls(client(4), { name: 'the embedded broker of a gateway', start: () => startSplit(embedded) });

  describe.skipIf(!MQTT_URL)('and MQTT_URL,', () => {
    foreignCalls(client(5), { name: 'Mosquitto and the monolith', start: () => startApplication() });
    foreignCalls(client(5), { name: 'Mosquitto and a gateway', start: startReadySplit });
  });

  describe.skipIf(!hasMosquitto)('and Mosquitto on the path,', () => {
    foreignCalls(client(5, { namesItself: true }), { name: 'deploy/mosquitto and the monolith', start: startGuarded });
  });
});
