import { getUserQuery } from '../../../bench/loads/http.js';
import {
  connectPacket,
  pingPacket,
  publishPacket,
  repeated,
  subscribePacket,
} from '../../protocols/mqtt/raw-packets.js';
import { frame, handshake, opcodes, textFrame } from '../../protocols/websocket/raw-frames.js';
import { RawHttp2 } from './raw-http2.js';

export interface FloodTarget {
  /** `host:port` */
  readonly address: string;
  /** Absent for an anonymous flood. */
  readonly token?: string | undefined;
  readonly userId: string;
}

/** What one connection sends: a greeting, and, once that is answered, bytes without end. */
interface Flood {
  readonly greeting: Buffer;
  /** Undefined where there is nothing to send before more is received. */
  next(): Buffer | undefined;
  receive?(bytes: Buffer): void;
}

const chunkBytes = 65_536;
const endless = (bytes: Buffer): Pick<Flood, 'next'> => {
  const chunk = repeated(bytes, Math.ceil(chunkBytes / bytes.length));
  return { next: () => chunk };
};

const authorizationOf = ({ token }: FloodTarget): { readonly authorization?: string } =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

function httpRequest(method: string, path: string, headers: Readonly<Record<string, string>>, body = ''): Buffer {
  const lines = Object.entries({ host: 'flood', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

function http(...args: Parameters<typeof httpRequest>): Flood {
  const request = httpRequest(...args);
  return { greeting: request, ...endless(request) };
}

const upgrade = (path: string, headers: Readonly<Record<string, string>>): Buffer =>
  httpRequest('GET', path, { ...handshake(), ...headers });

function webSocket(target: FloodTarget, message: Buffer): Flood {
  return { greeting: upgrade('/ws', authorizationOf(target)), ...endless(message) };
}

function graphqlSocket(target: FloodTarget): Flood {
  const greeting = upgrade('/graphql', { 'sec-websocket-protocol': 'graphql-transport-ws' });
  const init = textFrame(JSON.stringify({ type: 'connection_init', payload: authorizationOf(target) }));
  let operations = 0;
  const subscribeOnce = () => {
    const id = String(operations++);
    return textFrame(JSON.stringify({ id, type: 'subscribe', payload: getUserQuery(target.userId) }));
  };
  return {
    greeting,
    next: () => (operations++ === 0 ? init : Buffer.concat(Array.from({ length: 200 }, subscribeOnce))),
  };
}

function grpc({ userId, ...target }: FloodTarget, next: (connection: RawHttp2) => Buffer | undefined): Flood {
  const id = Buffer.from(userId);
  const message = Buffer.concat([Buffer.from([0x0a, id.length]), id]);
  const { authorization } = authorizationOf({ userId, ...target });
  const connection = new RawHttp2({ path: '/users.v1.UsersService/GetUser', authorization, message }, 1_000);
  return {
    greeting: connection.hello,
    next: () => next(connection),
    receive: (bytes) => connection.receive(bytes),
  };
}

function mqtt(packets: (clientId: string) => Buffer): Flood {
  const clientId = `flood-${crypto.randomUUID()}`;
  return { greeting: connectPacket(clientId), ...endless(packets(clientId)) };
}

function mqttRequest(target: FloodTarget, clientId: string): Buffer {
  const { userId } = target;
  const envelope = {
    reply_to: `mstv/clients/${clientId}/replies`,
    correlation_id: '1',
    ...authorizationOf(target),
    params: { id: userId },
  };
  return publishPacket('mstv/rpc/users/get-user', JSON.stringify(envelope));
}

const rpc = ({ userId }: FloodTarget): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'users.getUser', params: { id: userId } });

const json = { 'content-type': 'application/json' };

/** By name. Each connection of one begins anew. */
export const floods: Readonly<Record<string, (target: FloodTarget) => Flood>> = {
  'REST requests': (target) => http('GET', `/users/${target.userId}`, authorizationOf(target)),
  'REST requests to nowhere': () => http('GET', '/nowhere', {}),
  'GraphQL requests': (target) => {
    const body = JSON.stringify(getUserQuery(target.userId));
    return http('POST', '/graphql', { ...json, ...authorizationOf(target), 'content-length': `${body.length}` }, body);
  },
  'GraphQL operations on a WebSocket': graphqlSocket,
  'gRPC calls': (target) => grpc(target, (connection) => connection.requests(200)),
  'gRPC calls that are taken back': (target) => grpc(target, (connection) => connection.resets(200)),
  'HTTP/2 pings': (target) => grpc(target, (connection) => connection.pings(1_000)),
  'JSON-RPC calls': (target) => webSocket(target, textFrame(rpc(target))),
  'JSON-RPC nonsense': (target) => webSocket(target, textFrame('{}')),
  'WebSocket pings': (target) => webSocket(target, frame(opcodes.ping)),
  'WebSocket pongs': (target) => webSocket(target, frame(opcodes.pong)),
  'MQTT requests': (target) => mqtt((clientId) => mqttRequest(target, clientId)),
  'MQTT packets to nowhere': () => mqtt(() => publishPacket('nowhere')),
  'MQTT subscriptions': () => mqtt((clientId) => subscribePacket(`mstv/clients/${clientId}/replies`)),
  'MQTT pings': () => mqtt(() => pingPacket),
};
