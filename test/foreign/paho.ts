import type { IClientPublishOptions } from 'mqtt';
import type { MqttDriverOptions } from '../conformance/drivers/mqtt.js';
import { PythonProgram } from './python-program.js';

interface Line {
  readonly subscribed?: true;
  readonly payload?: string;
  readonly correlation_data?: string | null;
}

function propertiesOf({ properties }: IClientPublishOptions): object {
  if (!properties) return {};
  const { responseTopic, correlationData, userProperties = {} } = properties;
  return {
    response_topic: responseTopic,
    correlation_data: correlationData?.toString('base64'),
    user_properties: Object.entries(userProperties),
  };
}

/** With paho-mqtt of Python. */
export const paho = (url: string, version: 4 | 5): MqttDriverOptions['open'] =>
  async function open(clientId, replyTo, receive) {
    const { hostname, port } = new URL(url);
    const subscribed = Promise.withResolvers<void>();
    const args = [hostname, port, clientId, replyTo, String(version)];
    const program = new PythonProgram<Line>('paho_client.py', args, ({ payload, correlation_data }) => {
      if (payload === undefined) subscribed.resolve();
      else
        receive(Buffer.from(payload, 'base64'), correlation_data ? Buffer.from(correlation_data, 'base64') : undefined);
    });
    await program.unlessEnded(subscribed.promise);
    return {
      publish: async (topic, payload, options) => {
        const bytes = Buffer.from(payload as string).toString('base64');
        program.write({ topic, payload: bytes, qos: options.qos, ...propertiesOf(options) });
      },
      end: () => program.end(),
    };
  };
