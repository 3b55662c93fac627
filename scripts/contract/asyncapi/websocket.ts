import { InvalidArgument, ServiceUnavailable, Unauthenticated } from '../../../src/contract/built-in-failures.js';
import type { OperationDescriptor } from '../../../src/contract/module.js';
import { upperFirst } from '../../../src/contract/wire-names.js';
import type { DocumentNode } from '../document.js';
import type { JsonSchema } from '../json-schema.js';
import { type Described, emptyObject, errorObject, type OperationSchemas, object } from './operation-schemas.js';

const channel = 'websocket';
const description = [
  'JSON-RPC 2.0, batches included.',
  'The token is given in the `authorization` header of the handshake, or as the second of the subprotocols',
  '`jsonrpc.mstv.v1, bearer.<token>`, or by the method `rpc.authenticate`.',
].join(' ');

const id = { type: ['string', 'number', 'null'] };
const version = { type: 'string', const: '2.0' };

const request = (method: string, params: JsonSchema): JsonSchema =>
  object({ jsonrpc: version, id, method: { type: 'string', const: method }, params }, [
    'jsonrpc',
    'method',
    ...(params.required === undefined ? [] : ['params']),
  ]);

const reply = (outcome: 'result' | 'error', schema: JsonSchema): JsonSchema =>
  object({ jsonrpc: version, id, [outcome]: schema }, ['jsonrpc', 'id', outcome]);

const reference = (message: string) => ({ $ref: `#/channels/${channel}/messages/${message}` });

const token = object({ token: { type: 'string', format: 'password' } }, ['token']);
const refused = errorObject([InvalidArgument, Unauthenticated, ServiceUnavailable]);

const call = (name: string): DocumentNode => ({
  action: 'receive',
  channel: { $ref: `#/channels/${channel}` },
  messages: [reference(`${name}Request`)],
  reply: {
    channel: { $ref: `#/channels/${channel}` },
    messages: [reference(`${name}Result`), reference(`${name}Error`)],
  },
});

const authenticate = {
  messages: {
    rpcAuthenticateRequest: { name: 'rpc.authenticate', payload: request('rpc.authenticate', token) },
    rpcAuthenticateResult: {
      name: 'rpc.authenticate result',
      payload: reply('result', emptyObject),
    },
    rpcAuthenticateError: { name: 'rpc.authenticate error', payload: reply('error', refused) },
  },
  operations: {
    websocketRpcAuthenticate: { ...call('rpcAuthenticate'), summary: 'Sign in, for the calls that follow' },
  },
};

/** One channel, for all methods share the address. */
export function describeWebSocket(operations: readonly OperationDescriptor[], schemas: OperationSchemas): Described {
  if (operations.length === 0) return { channels: {}, operations: {} };
  return {
    channels: {
      [channel]: {
        address: '/ws',
        description,
        servers: [{ $ref: '#/servers/websocket' }],
        messages: Object.assign({}, authenticate.messages, ...operations.map((each) => messagesOf(each, schemas))),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: Object.assign({}, authenticate.operations, ...operations.map((each) => operationOf(each, schemas))),
  };
}

function messagesOf(operation: OperationDescriptor, schemas: OperationSchemas): Record<string, DocumentNode> {
  const name = schemas.id(operation);
  const method = operation.wire.websocket;
  return {
    [`${name}Request`]: { name: method, payload: request(method, schemas.inputWithMeta(operation)) },
    [`${name}Result`]: { name: `${method} result`, payload: reply('result', schemas.output(operation)) },
    [`${name}Error`]: { name: `${method} error`, payload: reply('error', schemas.failure(operation)) },
  };
}

function operationOf(operation: OperationDescriptor, schemas: OperationSchemas): Record<string, DocumentNode> {
  const name = schemas.id(operation);
  return {
    [`websocket${upperFirst(name)}`]: {
      ...call(name),
      ...schemas.describe(operation),
    },
  };
}
