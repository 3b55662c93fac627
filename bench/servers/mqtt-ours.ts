import { Pipeline } from '../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { MqttServer } from '../../src/protocols/mqtt/mqtt-server.js';
import type { Target } from '../target.js';
import { ourUsers } from './ours.js';
import { userId } from './users.js';

/** GetUser as an operation, over the embedded broker. */
export async function serve(): Promise<Target> {
  let server: MqttServer | undefined;
  const application = await ourUsers({
    servers: (app) => {
      server = new MqttServer({
        pipeline: app.get(Pipeline),
        operations: app.get(OperationRegistry).served('mqtt'),
        topicPrefix: 'mstv',
        host: '127.0.0.1',
        port: 0,
        payloadBytes: 65_536,
      });
      return [server];
    },
  });
  return { url: String(server?.broker.address), token: await application.token('USER', userId), userId };
}
