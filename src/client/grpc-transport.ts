import { getCACertificates } from 'node:tls';
import { type ClientOptions, credentials, Client as GrpcClient, Metadata } from '@grpc/grpc-js';
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
  const { servername, checkServerIdentity } = serverIdentity(target);
  return new GrpcClient(target, credentials.createSsl(trusted, null, null, { checkServerIdentity }), {
    ...balanced,
    'grpc.ssl_target_name_override': servername,
  });
}

/** Any gRPC target; `grpcs://` selects TLS. */
export function grpcTransport(url: string, protos: ReadonlyMap<string, string> = committedProtos()): Transport {
  const client = connect(url.replace(/^grpcs?:\/\//, ''), url.startsWith('grpcs://'));
  const schema = new ProtoSchema(protos);
  const codecOf = perOperation((operation) => compileCodecs([operation], schema).get(operation) as OperationCodec);
  return {
    async send(call) {
      const { operation, timeoutMs } = call;
      const { encodeRequest, decodeResponse } = codecOf(operation);
      const exchange = new UnaryExchange(client, {
        path: operation.wire.grpc.path,
        message: encodeRequest(call.input),
        metadata: metadataOf(call),
        deadline: wallClock() + timeoutMs,
        explain: (error) => failureOf(operation, decodeFailure(error)),
      });
      call.signal.addEventListener('abort', () => exchange.cancel(), { once: true });
      return decodeResponse(await exchange.answer);
    },
    async close() {
      client.close();
    },
  };
}
