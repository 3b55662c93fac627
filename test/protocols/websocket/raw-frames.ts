import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';

type Headers = Readonly<Record<string, string>>;

export interface Refused {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function upgrade(host: string, headers: Headers, agent?: Agent): ClientRequest {
  const handshake = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  return request(`http://${host}/ws`, { agent, headers: { ...handshake, ...headers } }).end();
}

/** The wire of a WebSocket, for a peer that keeps to no protocol. */
export async function openWire(host: string): Promise<Socket> {
  const [, wire] = (await once(upgrade(host, {}), 'upgrade')) as [IncomingMessage, Socket];
  return wire.on('error', () => undefined);
}

/** The answer to a handshake that is not accepted. */
export async function refusedUpgrade(host: string, headers: Headers, agent?: Agent): Promise<Refused> {
  const [response] = (await once(upgrade(host, headers, agent), 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Of a short text, masked with zeros. */
export function textFrame(content: string): Buffer {
  const payload = Buffer.from(content);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
