import { buildSchema } from 'graphql';
import type { OperationDescriptor } from '../../../src/contract/module.js';
import type { Protocol } from '../../../src/contract/operation.js';
import type { Target } from '../../support/target.js';
import type { Driver, RawDriver } from './driver.js';
import { GraphqlHttpDriver } from './graphql-http.js';
import { GraphqlWebSocketDriver } from './graphql-websocket.js';
import { GrpcDriver } from './grpc.js';
import { MqttDriver, mqttJs } from './mqtt.js';
import { hasBody, RestDriver } from './rest.js';
import { TypedDriver } from './typed.js';
import { openWs, WebSocketDriver } from './websocket.js';

/** The wire documents of what a target serves. */
export interface WireDocuments {
  readonly sdl: string;
  /** Texts by path. */
  readonly protos: ReadonlyMap<string, string>;
}

export interface Connectable<D extends Driver = Driver> {
  readonly name: string;
  readonly protocol: Protocol;
  /** Whether it can call as another service: the typed client is for users. */
  readonly callsAsService?: boolean;
  connect(target: Target, documents: WireDocuments): D;
}

export interface RawConnectable extends Connectable<RawDriver> {
  /** Whether a call can contain unparsable bytes and still gets an answer. */
  carriesBody(operation: OperationDescriptor): boolean;
}

const always = () => true;

export const operationsOf = (
  { protocol, callsAsService = false }: Connectable,
  operations: readonly OperationDescriptor[],
): readonly OperationDescriptor[] =>
  operations.filter(
    ({ protocols, spec }) => protocols.includes(protocol) && (callsAsService || spec.access.type !== 'internal'),
  );

function served(address: string | undefined): string {
  if (address === undefined) throw new Error('the target does not serve this protocol');
  return address;
}

const mqtt = (version: 4 | 5): RawConnectable => ({
  name: `MQTT ${version === 5 ? '5' : '3.1.1'}`,
  protocol: 'mqtt',
  // without an envelope there is no topic for the answer
  carriesBody: () => version === 5,
  connect: ({ addresses, topicPrefix }) =>
    new MqttDriver({ topicPrefix, version, open: mqttJs(served(addresses.mqtt), version) }),
});

/** The embedded broker speaks MQTT 3.1.1 alone. */
const mqttVersions = process.env.MQTT_URL === undefined ? [mqtt(4)] : [mqtt(4), mqtt(5)];

/** What people use who have no client of ours. */
export const rawDrivers: readonly RawConnectable[] = [
  { name: 'REST', protocol: 'rest', carriesBody: hasBody, connect: ({ addresses }) => new RestDriver(addresses.http) },
  {
    name: 'GraphQL over HTTP',
    protocol: 'graphql',
    carriesBody: always,
    connect: ({ addresses }, { sdl }) => new GraphqlHttpDriver(addresses.http, buildSchema(sdl)),
  },
  {
    name: 'gRPC',
    protocol: 'grpc',
    callsAsService: true,
    carriesBody: always,
    connect: ({ addresses }, { protos }) => GrpcDriver.connect(served(addresses.grpc), protos.values()),
  },
  {
    name: 'WebSocket',
    protocol: 'websocket',
    carriesBody: always,
    connect: ({ addresses }) => new WebSocketDriver(addresses.http, openWs),
  },
  ...mqttVersions,
];

function typed(protocol: Protocol, urlOf: (target: Target) => string | undefined): Connectable {
  return {
    name: `typed client over ${protocol}`,
    protocol,
    connect: (target, { protos }) =>
      new TypedDriver({ protocol, url: served(urlOf(target)), protos, mqttTopicPrefix: target.topicPrefix }),
  };
}

const typedDrivers: readonly Connectable[] = [
  typed('rest', ({ addresses }) => addresses.http),
  typed('graphql', ({ addresses }) => addresses.http),
  typed('grpc', ({ addresses }) => addresses.grpc),
  typed('websocket', ({ addresses }) => addresses.http),
  typed('mqtt', ({ addresses }) => addresses.mqtt),
];

export const drivers: readonly Connectable[] = [
  ...rawDrivers,
  {
    name: 'GraphQL over WebSocket',
    protocol: 'graphql',
    connect: ({ addresses }, { sdl }) => new GraphqlWebSocketDriver(addresses.http, buildSchema(sdl)),
  },
  ...typedDrivers,
];
