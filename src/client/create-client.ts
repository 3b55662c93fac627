import type { Protocol } from '../contract/operation.js';
import { Client, type TokenSource } from './client.js';
import { GraphqlTransport } from './graphql-transport.js';
import { GrpcTransport } from './grpc-transport.js';
import type { MqttVersion } from './mqtt-messages.js';
import { MqttTransport } from './mqtt-transport.js';
import { RestTransport } from './rest-transport.js';
import type { Transport } from './transport.js';
import { WebSocketTransport } from './websocket-transport.js';

export interface ClientOptions {
  readonly protocol: Protocol;
  /**
   * `http://127.0.0.1:3000` for REST, GraphQL (`/graphql`) and WebSocket (`/ws`), `127.0.0.1:50051` or any target of
   * gRPC (`grpcs://…` over TLS), `mqtt://127.0.0.1:1883`.
   */
  readonly url: string;
  /** Access token, without `Bearer`. */
  readonly token?: TokenSource | undefined;
  /** Milliseconds a call may take when neither it nor its operation says otherwise; 10 s when absent. */
  readonly timeoutMs?: number | undefined;
  /** 5, and 3.1.1 (4) where the broker refuses that, when absent. */
  readonly mqttVersion?: MqttVersion | undefined;
  /** The first level of MQTT topics; `mstv` when absent. */
  readonly mqttTopicPrefix?: string | undefined;
  /** Texts of the `.proto` files by path; those of this program when absent. */
  readonly protos?: ReadonlyMap<string, string> | undefined;
}

const defaultTimeoutMs = 10_000;

const transports: Record<Protocol, (options: ClientOptions) => Transport> = {
  rest: ({ url }) => new RestTransport(url),
  graphql: ({ url }) => new GraphqlTransport(url),
  grpc: ({ url, protos }) => new GrpcTransport(url, protos),
  websocket: ({ url }) => new WebSocketTransport(url),
  mqtt: ({ url, mqttVersion: version, mqttTopicPrefix: topicPrefix = 'mstv' }) =>
    new MqttTransport({ url, version, topicPrefix }),
};

/**
 * A client of any operation that a `module(…)` declares: `createClient({ protocol, url, token })`, then
 * `await client.execute(new GetUser({ id }))`. Connects at the first call; `close()` it.
 */
export const createClient = (options: ClientOptions): Client =>
  new Client(transports[options.protocol](options), {
    token: options.token,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
  });
