import { describe } from 'vitest';
import type { RawConnectable } from '../conformance/drivers/drivers.js';
import { WebSocketDriver } from '../conformance/drivers/websocket.js';
import { startApplication } from '../support/application.js';
import { startSplit } from '../support/split.js';
import { foreignCalls, type Topology } from './foreign.behaviour.js';
import { PythonWebSockets } from './websockets.js';

const topologies: readonly Topology[] = [
  { name: 'the monolith', start: startApplication },
  { name: 'a gateway and its services', start: startSplit },
];

class PythonWebSocketDriver extends WebSocketDriver {
  constructor(
    base: string,
    private readonly sockets = new PythonWebSockets(base),
  ) {
    super(base, sockets.open);
  }

  override async close(): Promise<void> {
    await super.close();
    await this.sockets.end();
  }
}

const websockets: RawConnectable = {
  name: 'websockets of Python',
  protocol: 'websocket',
  carriesBody: () => true,
  connect: ({ addresses }) => new PythonWebSocketDriver(addresses.http),
};

describe.skipIf(process.env.FOREIGN_PYTHON === undefined)('With FOREIGN_PYTHON,', () => {
  for (const topology of topologies) foreignCalls(websockets, topology);
});
