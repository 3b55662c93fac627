import { graphqlModule } from '../../src/protocols/graphql/graphql.module.js';
import type { Target } from '../target.js';
import { listening, ourUsers } from './ours.js';

/** GetUser as an operation. */
export async function serve(): Promise<Target> {
  const webSocket = { payloadBytes: 65_536, origins: [] };
  return listening(await ourUsers({ imports: [graphqlModule({ introspection: true, graphiql: true, webSocket })] }));
}
