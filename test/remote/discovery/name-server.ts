import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const headerBytes = 12;
const typeA = 1;

interface Question {
  readonly name: string;
  readonly type: number;
  /** As it came: an answer repeats it. */
  readonly bytes: Buffer;
}

function question(query: Buffer): Question {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), bytes: query.subarray(headerBytes, at + 5) };
}

function record(address: string, ttl: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(0xc000 + headerBytes, 0);
  bytes.writeUInt16BE(typeA, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt32BE(ttl, 6);
  bytes.writeUInt16BE(4, 10);
  bytes.set(address.split('.').map(Number), 12);
  return bytes;
}

/** Answers questions for addresses over UDP, RFC 1035. */
export class NameServer {
  readonly #records = new Map<string, { readonly addresses: readonly string[]; readonly ttl: number }>();
  /** Says that it can not answer. */
  isFailing = false;
  /** Questions for IPv4 addresses so far. */
  asked = 0;

  private constructor(private readonly socket: Socket) {
    socket.on('message', (query, { port, address }) => socket.send(this.#answer(query), port, address));
  }

  static async listen(): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket);
  }

  get address(): string {
    return `127.0.0.1:${(this.socket.address() as AddressInfo).port}`;
  }

  /** `ttl`: seconds. */
  set(name: string, addresses: readonly string[], ttl = 0): void {
    this.#records.set(name, { addresses, ttl });
  }

  close(): void {
    this.socket.close();
  }

  #answer(query: Buffer): Buffer {
    const { name, type, bytes } = question(query);
    if (type === typeA) this.asked++;
    const known = this.#records.get(name);
    const answers = type === typeA && !this.isFailing ? (known?.addresses ?? []) : [];
    const header = Buffer.alloc(headerBytes);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 + this.#status(known !== undefined), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    return Buffer.concat([header, bytes, ...answers.map((address) => record(address, known?.ttl ?? 0))]);
  }

  #status(isKnown: boolean): number {
    if (this.isFailing) return 2;
    return isKnown ? 0 : 3;
  }
}
