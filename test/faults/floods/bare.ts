import { sendToParent } from '../../../bench/send-to-parent.js';
import type { Target } from '../../../bench/target.js';

/** The library of a protocol alone, by the name of the protocol; sends its parent where it listens. */
const servers: Readonly<Record<string, () => Promise<Target>>> = {
  rest: async () => (await import('../../../bench/servers/rest-by-hand.js')).serve(),
  graphql: async () => (await import('../../../bench/servers/graphql-by-hand.js')).serve(true),
  grpc: async () => (await import('../../../bench/servers/grpc-by-hand.js')).serve(),
  websocket: async () => (await import('../../../bench/servers/websocket-by-hand.js')).serve(),
  mqtt: async () => (await import('../../../bench/servers/mqtt-by-hand.js')).serve(),
};

const target = await servers[process.argv[2] ?? '']?.();
if (!target) throw new Error(`no bare server for ${process.argv[2]}`);
sendToParent(target);
