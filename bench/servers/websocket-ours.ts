import { Pipeline } from '../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { registerWebSocket } from '../../src/protocols/websocket/register-websocket.js';
import type { Target } from '../target.js';
import { listening, ourUsers } from './ours.js';

const plenty = { quota: 1_000_000_000, windowSeconds: 1 };

/** GetUser as an operation, behind the message rate of a connection too. */
export async function serve(): Promise<Target> {
  const application = await ourUsers({
    configure: (app) => {
      registerWebSocket(app.getHttpAdapter().getInstance(), {
        pipeline: app.get(Pipeline),
        operations: app.get(OperationRegistry).served('websocket'),
        payloadBytes: 65_536,
        origins: [],
        messageRate: () => plenty,
      });
    },
  });
  return listening(application);
}
