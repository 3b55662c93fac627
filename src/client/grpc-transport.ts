import { getCACertificates } from 'node:tls';
import { type ClientOptions, credentials, Client as GrpcClient, Metadata } from '@grpc/grpc-js';
import type { OperationDescriptor } from '../contract/module.js';
import { perOperation } from '../contract/per-operation.js';
import { failureOf } from '../contract/received-failure.js';
import { wallClock } from '../contract/wall-clock.js';
import { committedProtos, ProtoSchema } from '../protocols/grpc/proto-schema.js';
import { compileCodecs, type OperationCodec } from '../protocols/grpc/protobuf-codec.js';
import { serverIdentity } from '../protocols/grpc/server-identity.js';
import { decodeFailure } from '../protocols/grpc/status-details.js';
import { UnaryExchange } from '../protocols/grpc/unary-exchange.js';
import { headersOf, type OutgoingCall, type Transport } from './transport.js';

/** Moves to another server at once; by default grpc-js uses the first address and retries after minutes. */
const balanced: ClientOptions = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
};

function metadataOf(call: OutgoingCall): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headersOf(call))) metadata.set(name, value);
  return metadata;
}

/** Trusts what Node trusts, NODE_EXTRA_CA_CERTS included; grpc-js alone would not. */
function connect(target: string, isSecure: boolean): GrpcClient {
  if (!isSecure) return new GrpcClient(target, credentials.createInsecure(), balanced);
  const trusted = Buffer.from(getCACertificates('default').join('\n'));
  const { verify, options } = serverIdentity(target);
  return new GrpcClient(target, credentials.createSsl(trusted, null, null, verify), { ...balanced, ...options });
}

export class GrpcTransport implements Transport {
  readonly #client: GrpcClient;
  readonly #codecOf: (operation: OperationDescriptor) => OperationCodec;

  /** Any gRPC target; `grpcs://` selects TLS. */
  constructor(url: string, protos: ReadonlyMap<string, string> = committedProtos()) {
    const target = url.replace(/^grpcs?:\/\//, '');
    this.#client = connect(target, url.startsWith('grpcs://'));
    const schema = new ProtoSchema(protos);
    this.#codecOf = perOperation((operation) => compileCodecs([operation], schema).get(operation) as OperationCodec);
  }

  async send(call: OutgoingCall): Promise<unknown> {
    const { encodeRequest, decodeResponse } = this.#codecOf(call.operation);
    return decodeResponse(await this.#exchange(call, encodeRequest(call.input)));
  }

  #exchange(call: OutgoingCall, message: Buffer): Promise<Buffer> {
    const { operation, signal, timeoutMs } = call;
    const exchange = new UnaryExchange(this.#client, {
      path: operation.wire.grpc.path,
      message,
      metadata: metadataOf(call),
      deadline: wallClock() + timeoutMs,
      explain: (error) => failureOf(operation, decodeFailure(error)),
    });
    signal.addEventListener('abort', () => exchange.cancel(), { once: true });
    return exchange.answer;
  }

  async close(): Promise<void> {
    this.#client.close();
  }
}
