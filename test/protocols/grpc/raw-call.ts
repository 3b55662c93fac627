import { type ClientSessionOptions, connect, type IncomingHttpHeaders } from 'node:http2';
import { Metadata } from '@grpc/grpc-js';
import type { ReceivedFailure } from '../../../src/contract/received-failure.js';
import { decodeFailure } from '../../../src/protocols/grpc/status-details.js';

export interface RawAnswer {
  /** Trailers among them. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
}

export interface RawCall {
  readonly address: string;
  readonly path: string;
  readonly body: Buffer;
  /** One name may be there twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** There may be more to come, and never is. */
  readonly isOpen?: boolean;
}

/** The types lack the option. */
const lenient: ClientSessionOptions & { readonly strictSingleValueFields: boolean } = {
  strictSingleValueFields: false,
};

/** One call as bare HTTP/2, with headers that a client of gRPC refuses to send. */
export async function rawCall({ address, path, body, headers = [], isOpen = false }: RawCall): Promise<RawAnswer> {
  const session = connect(`http://${address}`, lenient);
  try {
    const given = new Set(headers.map(([name]) => name));
    const usual = [
      [':method', 'POST'],
      [':path', path],
      [':scheme', 'http'],
      [':authority', address],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
    ].filter(([name = '']) => !given.has(name));
    const stream = session.request([...usual, ...headers].flat());
    const received: Record<string, unknown> = {};
    stream.on('response', (got) => Object.assign(received, got));
    stream.on('trailers', (got) => Object.assign(received, got));
    stream.write(body);
    if (!isOpen) stream.end();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return { headers: received, bytes: Buffer.concat(chunks) };
  } finally {
    session.destroy();
  }
}

/** A message as gRPC puts it into DATA frames. */
export function frame(message: Buffer, compressed = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The failure that an answer carries in its details; undefined where it has none. */
export function failureIn({ headers }: RawAnswer): ReceivedFailure | undefined {
  if (headers['grpc-status-details-bin'] === undefined) return undefined;
  const metadata = Metadata.fromHttp2Headers(headers as IncomingHttpHeaders);
  return decodeFailure({
    code: Number(headers['grpc-status']),
    details: decodeURI(String(headers['grpc-message'])),
    metadata,
  });
}
