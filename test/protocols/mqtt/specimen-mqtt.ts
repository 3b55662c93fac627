import { Pipeline } from '../../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../../src/pipeline/registry.js';
import { MqttServer, type MqttServerOptions } from '../../../src/protocols/mqtt/mqtt-server.js';
import {
  createSpecimenApplication,
  type SpecimenApplication,
  type SpecimenOptions,
} from '../../support/specimen-application.js';

export interface SpecimenMqtt extends SpecimenApplication {
  readonly mqtt: MqttServer;
  /** Where callers connect. */
  readonly url: string;
}

/** The specimens over MQTT, by the embedded broker unless `options` name another. */
export async function serveSpecimens(
  options: Partial<MqttServerOptions> = {},
  specimens: SpecimenOptions = {},
): Promise<SpecimenMqtt> {
  let mqtt: MqttServer | undefined;
  const application = await createSpecimenApplication({
    ...specimens,
    servers: (app) => {
      mqtt = new MqttServer({
        pipeline: app.get(Pipeline),
        operations: app.get(OperationRegistry).served('mqtt'),
        topicPrefix: 'mstv',
        host: '127.0.0.1',
        port: 0,
        payloadBytes: 65_536,
        ...options,
      });
      return [mqtt];
    },
  });
  if (!mqtt?.broker.address) throw new Error('MQTT is not served');
  return { ...application, mqtt, url: mqtt.broker.address };
}
