import { grpc } from './loads/grpc.js';
import { graphql, rest } from './loads/http.js';
import type { Load, LoadSettings } from './loads/load.js';
import { mqtt } from './loads/mqtt.js';
import { websocket } from './loads/websocket.js';
import type { Target } from './target.js';

export interface LoadOrder {
  readonly suite: string;
  readonly target: Target;
  readonly settings: LoadSettings;
}

const loads: Readonly<Record<string, Load>> = { rest, graphql, grpc, websocket, mqtt, gateway: rest, tracing: rest };

/** The client of all contenders: sends the load that a message orders, and answers with what came back. */
process.on('message', async ({ suite, target, settings }: LoadOrder) => {
  process.send?.(await loads[suite]?.(target, settings));
});
process.on('disconnect', () => process.exit());
process.send?.({});
