import { graphqlModule } from '../../src/protocols/graphql/graphql.module.js';
import { registerWebSocketServer } from '../../src/protocols/websocket/websocket-server.js';
import type { Target } from '../target.js';
import { listening, ourUsers } from './ours.js';

/** GetUser as an operation. */
export async function serve(): Promise<Target> {
  const users = await ourUsers({
    imports: [graphqlModule({ introspection: true, graphiql: true })],
    configure: (app) =>
      registerWebSocketServer(app.getHttpAdapter().getInstance(), { payloadBytes: 65_536, origins: [] }),
  });
  return listening(users);
}
