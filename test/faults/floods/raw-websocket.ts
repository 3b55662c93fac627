import { randomBytes } from 'node:crypto';

export const opcodes = { continuation: 0x0, text: 0x1, ping: 0x9, pong: 0xa } as const;

/** Masked with zeros; `payload` of less than 64 KiB. */
export function frame(opcode: number, payload = '', isLast = true): Buffer {
  const body = Buffer.from(payload);
  const first = (isLast ? 0x80 : 0) | opcode;
  const head =
    body.length < 126 ? [first, 0x80 | body.length] : [first, 0x80 | 126, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), body]);
}

export function handshake(path: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({
    host: 'flood',
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}
