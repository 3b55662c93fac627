import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import type { GrpcExchange } from '../conformance/drivers/grpc.js';
import { supervised } from '../support/child-processes.js';

export type PythonCompression = 'none' | 'gzip' | 'deflate';

type Pairs = readonly (readonly [key: string, value: string])[];

type Answer = { readonly id: number } & (
  | { readonly code: 0; readonly response: string; readonly initial: Pairs }
  | { readonly code: number; readonly response?: never; readonly details: string; readonly trailing: Pairs }
);

/**
 * Field 1000, a text that compresses well, which Python's protobuf keeps and the server skips: grpcio sends what would
 * not become shorter as it is.
 */
const padding = Buffer.concat([Buffer.from('c23e8008', 'hex'), Buffer.alloc(1_024, 'a')]);

function metadataOf(pairs: Pairs): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of pairs) metadata.add(key, key.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  return metadata;
}

/** grpcio in a process of Python, with the stubs that it generates from `proto/`. */
export class Grpcio implements GrpcExchange {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Answer>>();
  #calls = 0;

  constructor(python: string, address: string, compression: PythonCompression) {
    const program = join(import.meta.dirname, 'grpcio_calls.py');
    const args = [program, address, 'proto', compression];
    this.#child = supervised(spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${program} ended with ${code}`));
    });
  }

  async send(path: string, bytes: Buffer, metadata: Metadata, timeoutMs: number | undefined) {
    const answer = await this.#ask({
      path,
      request: Buffer.concat([bytes, padding]).toString('base64'),
      metadata: Object.entries(metadata.getMap()),
      // it sends a millisecond in place of none, which may be enough
      ...(timeoutMs !== undefined && { timeout: timeoutMs > 0 ? timeoutMs / 1_000 : -1 }),
    });
    if (answer.response !== undefined) {
      return { bytes: Buffer.from(answer.response, 'base64'), initial: metadataOf(answer.initial) };
    }
    const { code, details, trailing } = answer;
    throw Object.assign(new Error(details), { code, details, metadata: metadataOf(trailing) }) satisfies ServiceError;
  }

  close(): void {
    this.#child.stdin.end();
  }

  #ask(order: object): Promise<Answer> {
    const id = ++this.#calls;
    const answer = Promise.withResolvers<Answer>();
    this.#waiting.set(id, answer);
    this.#child.stdin.write(`${JSON.stringify({ id, ...order })}\n`);
    return answer.promise;
  }
}
