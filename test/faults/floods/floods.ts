import { RawHttp2 } from './raw-http2.js';
import { connect, ping as mqttPing, publish, subscribe } from './raw-mqtt.js';
import { frame, handshake, opcodes } from './raw-websocket.js';

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
const repeated = (bytes: Buffer): Buffer => Buffer.concat(Array(Math.ceil(chunkBytes / bytes.length)).fill(bytes));
const endless = (bytes: Buffer): Pick<Flood, 'next'> => {
  const chunk = repeated(bytes);
  return { next: () => chunk };
};

const authorizationOf = ({ token }: FloodTarget): { readonly authorization?: string } =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

function http(method: string, path: string, headers: Readonly<Record<string, string>>, body = ''): Flood {
  const lines = Object.entries({ host: 'flood', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  return { greeting: request, ...endless(request) };
}

function webSocket(target: FloodTarget, message: Buffer): Flood {
  return { greeting: handshake('/ws', authorizationOf(target)), ...endless(message) };
}

function fragments(target: FloodTarget): Flood {
  const [first, further] = [frame(opcodes.text, '', false), repeated(frame(opcodes.continuation, '', false))];
  let next = first;
  return {
    greeting: handshake('/ws', authorizationOf(target)),
    next: () => {
      const bytes = next;
      next = further;
      return bytes;
    },
  };
}

const query = 'query ($id: ID!) { user(id: $id) { id email name createdAt updatedAt } }';
const graphqlBody = ({ userId }: FloodTarget) => ({ query, variables: { id: userId } });

function graphqlSocket(target: FloodTarget): Flood {
  const greeting = handshake('/graphql', { 'sec-websocket-protocol': 'graphql-transport-ws' });
  const init = frame(opcodes.text, JSON.stringify({ type: 'connection_init', payload: authorizationOf(target) }));
  let operations = 0;
  const subscribeOnce = () => {
    const id = String(operations++);
    return frame(opcodes.text, JSON.stringify({ id, type: 'subscribe', payload: graphqlBody(target) }));
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
  return { greeting: connect(clientId), ...endless(packets(clientId)) };
}

function mqttRequest(target: FloodTarget, clientId: string): Buffer {
  const { userId } = target;
  const envelope = {
    reply_to: `mstv/clients/${clientId}/replies`,
    correlation_id: '1',
    ...authorizationOf(target),
    params: { id: userId },
  };
  return publish('mstv/rpc/users/get-user', JSON.stringify(envelope));
}

const rpc = ({ userId }: FloodTarget): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'users.getUser', params: { id: userId } });

const json = { 'content-type': 'application/json' };

/** By name. Each connection of one begins anew. */
export const floods: Readonly<Record<string, (target: FloodTarget) => Flood>> = {
  'REST requests': (target) => http('GET', `/users/${target.userId}`, authorizationOf(target)),
  'REST requests to nowhere': () => http('GET', '/nowhere', {}),
  'GraphQL requests': (target) => {
    const body = JSON.stringify(graphqlBody(target));
    return http('POST', '/graphql', { ...json, ...authorizationOf(target), 'content-length': `${body.length}` }, body);
  },
  'GraphQL operations on a WebSocket': graphqlSocket,
  'gRPC calls': (target) => grpc(target, (connection) => connection.requests(200)),
  'gRPC calls that are taken back': (target) => grpc(target, (connection) => connection.resets(200)),
  'HTTP/2 pings': (target) => grpc(target, (connection) => connection.pings(1_000)),
  'JSON-RPC calls': (target) => webSocket(target, frame(opcodes.text, rpc(target))),
  'JSON-RPC nonsense': (target) => webSocket(target, frame(opcodes.text, '{}')),
  'WebSocket pings': (target) => webSocket(target, frame(opcodes.ping)),
  'WebSocket pongs': (target) => webSocket(target, frame(opcodes.pong)),
  'WebSocket fragments': fragments,
  'MQTT requests': (target) => mqtt((clientId) => mqttRequest(target, clientId)),
  'MQTT packets to nowhere': () => mqtt(() => publish('nowhere', '')),
  'MQTT subscriptions': () => mqtt((clientId) => subscribe(1, `mstv/clients/${clientId}/replies`)),
  'MQTT pings': () => mqtt(() => mqttPing),
};
