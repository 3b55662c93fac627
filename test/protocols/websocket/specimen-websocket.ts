import type { AddressInfo } from 'node:net';
import type { ClientOptions } from 'ws';
import { Pipeline } from '../../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../../src/pipeline/registry.js';
import { registerWebSocket, type WebSocketOptions } from '../../../src/protocols/websocket/register-websocket.js';
import { createSpecimenApplication, type SpecimenApplication } from '../../support/specimen-application.js';
import { JsonRpcClient } from './json-rpc-client.js';

export interface SpecimenWebSocket extends SpecimenApplication {
  readonly host: string;
  connect(options?: ClientOptions & { protocols?: string[] }): Promise<JsonRpcClient>;
}

/** The specimens on `/ws` of a port of their own. */
export async function serveSpecimens(options: Partial<WebSocketOptions> = {}): Promise<SpecimenWebSocket> {
  const specimen = await createSpecimenApplication({
    configure: (app) => {
      registerWebSocket(app.getHttpAdapter().getInstance(), {
        pipeline: app.get(Pipeline),
        operations: app.get(OperationRegistry).served('websocket'),
        payloadBytes: 65_536,
        origins: ['https://app.example.com'],
        ...options,
      });
    },
  });
  await specimen.app.listen(0, '127.0.0.1');
  const { port } = specimen.app.getHttpServer().address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return Object.assign(specimen, {
    host,
    connect: (given?: ClientOptions & { protocols?: string[] }) => JsonRpcClient.open(`ws://${host}/ws`, given),
  });
}

export const echoParams = {
  label: 'ünï "quoted" \u2028',
  small: -2_147_483_648,
  large: Number.MAX_SAFE_INTEGER,
  ratio: 0.1,
  flag: false,
  colour: 'DARK_GREEN',
  reference: '01890000-0000-7000-8000-000000000001',
  happened_at: '2026-02-03T04:05:06.007Z',
  price: { amount: -1, currency: 'EUR' },
  tags: ['a', ''],
  numbers: [0, 1],
  colours: ['RED'],
  times: ['2026-02-03T04:05:06.000Z'],
  path: [{ x: 1.5, y: -2 }],
  counts: { some_key: 1, otherKey: 2 },
  places: { here: { x: 0, y: 0, label: 'home' } },
  target: { amount: 7 },
  address_line2: 'flat 3',
};
