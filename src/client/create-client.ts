import type { Protocol } from '../contract/operation.js';
import { Client, type TokenSource } from './client.js';
import { graphqlTransport } from './graphql-transport.js';
import { grpcTransport } from './grpc-transport.js';
import type { MqttVersion } from './mqtt-messages.js';
import { mqttTransport } from './mqtt-transport.js';
import { restTransport } from './rest-transport.js';
import type { Transport } from './transport.js';
import { WebSocketTransport } from './websocket-transport.js';

export interface ClientOptions {
  readonly protocol: Protocol;
  /** `http://host:3000` for REST, GraphQL and WebSocket, `host:50051` or `grpcs://host`, `mqtt://host:1883`. */
  readonly url: string;
  readonly token?: TokenSource | undefined;
  /** Default of all calls in milliseconds; 10 s when absent. */
  readonly timeoutMs?: number | undefined;
  /** 5, then 4 (MQTT 3.1.1), when absent. */
  readonly mqttVersion?: MqttVersion | undefined;
  /** `mstv` when absent. */
  readonly mqttTopicPrefix?: string | undefined;
  /** By path; the committed files when absent. */
  readonly protos?: ReadonlyMap<string, string> | undefined;
}

const defaultTimeoutMs = 10_000;

const transports: Record<Protocol, (options: ClientOptions) => Transport> = {
  rest: ({ url }) => restTransport(url),
  graphql: ({ url }) => graphqlTransport(url),
  grpc: ({ url, protos }) => grpcTransport(url, protos),
  websocket: ({ url }) => new WebSocketTransport(url),
  mqtt: ({ url, mqttVersion: version, mqttTopicPrefix: topicPrefix = 'mstv' }) =>
    mqttTransport({ url, version, topicPrefix }),
};

/** Connects at the first call. Call `close()` at the end. */
export const createClient = (options: ClientOptions): Client =>
  new Client(transports[options.protocol](options), {
    token: options.token,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
  });
