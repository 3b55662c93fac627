import { Client, compressionAlgorithms, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { expect } from 'vitest';
import type { FailureClass, Issue } from '../../../src/contract/failure.js';
import type { OperationDescriptor } from '../../../src/contract/module.js';
import { breakText } from './broken-text.js';
import { rowOf, traceIdOf } from './design-table.js';
import type { Answer, Call, RawDriver } from './driver.js';
import { type GoogleStatus, readGoogleStatus } from './google-status.js';
import { expectEmpty, fromSnake, toSnake } from './names.js';
import { fromMessage, toMessage } from './proto-values.js';

type Values = Record<string, unknown>;

interface Received {
  readonly bytes: Buffer;
  readonly initial: Metadata;
}

/** Sends the bytes of one request; rejects with the ServiceError of a call that fails. */
export interface GrpcExchange {
  send(path: string, bytes: Buffer, metadata: Metadata, timeoutMs: number | undefined): Promise<Received>;
  close(): void;
}

/** Of requests: grpc-js never compresses an answer. */
export type Compression = keyof typeof compressionAlgorithms;

const same = (bytes: Buffer): Buffer => bytes;
const plain = { longs: Number, enums: String, arrays: true } as const;

function metadataOf(call: Call): Metadata {
  const metadata = new Metadata();
  const values = {
    authorization: call.token && `Bearer ${call.token}`,
    'x-service-authorization': call.serviceToken && `Bearer ${call.serviceToken}`,
    'x-request-id': call.requestId,
    traceparent: call.traceparent,
    'idempotency-key': call.idempotencyKey,
  };
  for (const [name, value] of Object.entries(values)) if (value !== undefined) metadata.set(name, value);
  return metadata;
}

class GrpcJs implements GrpcExchange {
  readonly #client: Client;

  constructor(address: string, compression: Compression) {
    const options = { 'grpc.default_compression_algorithm': compressionAlgorithms[compression] };
    this.#client = new Client(address, credentials.createInsecure(), options);
  }

  send(path: string, bytes: Buffer, metadata: Metadata, timeoutMs: number | undefined): Promise<Received> {
    const { promise, resolve, reject } = Promise.withResolvers<Received>();
    let initial = new Metadata();
    const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
    const sent = this.#client.makeUnaryRequest(path, same, same, bytes, metadata, options, (error, answer) => {
      if (error) reject(error);
      else resolve({ bytes: answer ?? Buffer.alloc(0), initial });
    });
    sent.on('metadata', (received) => {
      initial = received;
    });
    return promise;
  }

  close(): void {
    this.#client.close();
  }
}

/** gRPC with protobufjs on the text of the `.proto` files. */
export class GrpcDriver implements RawDriver {
  readonly #root = new protobuf.Root();

  constructor(
    private readonly exchange: GrpcExchange,
    protos: Iterable<string>,
  ) {
    for (const text of protos) protobuf.parse(text, this.#root, { keepCase: true });
    this.#root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {});
    this.#root.resolveAll();
  }

  /** With grpc-js. */
  static connect(address: string, protos: Iterable<string>, compression: Compression = 'identity'): GrpcDriver {
    return new GrpcDriver(new GrpcJs(address, compression), protos);
  }

  call(call: Call): Promise<Answer> {
    return this.#answer(call, this.#encode(call));
  }

  /** Field 1000, a varint, and field 127, a group: what a later version would send. */
  async expectUnknownField(call: Call): Promise<void> {
    const { outcome } = await this.#answer(
      call,
      Buffer.concat([this.#encode(call), Buffer.from('c03e01fb07fc07', 'hex')]),
    );
    expect(outcome).toHaveProperty('value');
  }

  success({ requestId }: Call) {
    return { status: 0, ...(requestId !== undefined && { requestId }) };
  }

  failure(declared: FailureClass, { requestId, traceparent }: Call) {
    const { grpc: status } = rowOf(declared);
    const metadata = traceparent === undefined ? expect.anything() : { trace_id: traceIdOf(traceparent) };
    return {
      status,
      details: { code: status, info: { reason: declared.code, domain: 'mstv', metadata } },
      ...(requestId !== undefined && { requestId }),
    };
  }

  async expectMalformed(call: Call): Promise<void> {
    const { outcome, facts } = await this.#answer(call, Buffer.from([0x0a, 0xff]));
    expect([facts.status, outcome]).toMatchObject([3, { failure: { code: 'MALFORMED_REQUEST' } }]);
  }

  async expectBrokenText(call: Call): Promise<void> {
    const { outcome, facts } = await this.#answer(call, breakText(this.#encode(call)));
    expect([facts.status, outcome]).toMatchObject([3, { failure: { code: 'MALFORMED_REQUEST' } }]);
  }

  async expectOversized(call: Call): Promise<void> {
    const { outcome, facts } = await this.#answer(call, Buffer.alloc(4_194_305));
    expect([facts.status, outcome]).toMatchObject([8, { failure: { code: 'PAYLOAD_TOO_LARGE' } }]);
  }

  async close(): Promise<void> {
    this.exchange.close();
  }

  #method({ wire: { grpc } }: OperationDescriptor): { request: protobuf.Type; response: protobuf.Type } {
    const { resolvedRequestType, resolvedResponseType } =
      this.#root.lookupService(`${grpc.package}.${grpc.service}`).methods[grpc.method] ?? {};
    if (!resolvedRequestType || !resolvedResponseType) throw new Error(`no method ${grpc.path}`);
    return { request: resolvedRequestType, response: resolvedResponseType };
  }

  #encode({ operation, input }: Call): Buffer {
    const { request } = this.#method(operation);
    const message = request.fromObject(toMessage(request, toSnake(input) as Values));
    return Buffer.from(request.encode(message).finish());
  }

  async #answer(call: Call, bytes: Buffer): Promise<Answer> {
    try {
      const { bytes: answer, initial } = await this.exchange.send(
        call.operation.wire.grpc.path,
        bytes,
        metadataOf(call),
        call.timeoutMs,
      );
      const value = this.#decode(call.operation, answer);
      return { outcome: { value }, facts: { status: 0, requestId: initial.get('x-request-id')[0] } };
    } catch (error) {
      return failed(error as ServiceError);
    }
  }

  /** The response wraps a view in a field of its name; a page is the response itself. */
  #decode(operation: OperationDescriptor, bytes: Buffer): unknown {
    const { response } = this.#method(operation);
    const values = fromMessage(response, response.toObject(response.decode(bytes), plain));
    const { output } = operation;
    if (!output) return expectEmpty(values);
    if (output.page) return fromSnake(values);
    const wrapper = output.name.replaceAll(/(?<!^)([A-Z])/g, '_$1').toLowerCase();
    expect(Object.keys(values)).toEqual([wrapper]);
    return fromSnake(values[wrapper]);
  }
}

/** What grpc-js says by itself, before the server could, has no details. */
function failed({ code: status, metadata, details }: ServiceError): Answer {
  const [bytes] = metadata.get('grpc-status-details-bin');
  const sent = bytes instanceof Uint8Array ? readGoogleStatus(bytes) : undefined;
  const requestId = metadata.get('x-request-id')[0];
  const outcome = { failure: { code: sent?.info.reason ?? '', detail: details, ...issuesIn(sent), ...retryIn(sent) } };
  return { outcome, facts: { status, requestId, details: sent } };
}

function issuesIn(sent: GoogleStatus | undefined): { issues?: readonly Issue[] } {
  if (!sent?.violations) return {};
  return {
    issues: sent.violations.map(({ field, reason, description }) => ({
      path: field,
      code: reason,
      message: description,
    })),
  };
}

const retryIn = (sent: GoogleStatus | undefined) =>
  sent?.retryDelay === undefined ? {} : { retryAfterSeconds: sent.retryDelay };
