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

export const handshake = (): Headers => ({
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
});

function upgrade(host: string, headers: Headers, agent?: Agent): ClientRequest {
  return request(`http://${host}/ws`, { agent, headers: { ...handshake(), ...headers } }).end();
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

export const opcodes = { text: 0x1, ping: 0x9, pong: 0xa } as const;

/** Masked with zeros; `payload` of less than 64 KiB. */
export function frame(opcode: number, payload = ''): Buffer {
  const body = Buffer.from(payload);
  const first = 0x80 | opcode;
  const head =
    body.length < 126 ? [first, 0x80 | body.length] : [first, 0x80 | 126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
}

export const textFrame = (content: string): Buffer => frame(opcodes.text, content);
