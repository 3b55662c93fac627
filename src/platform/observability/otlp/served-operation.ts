import type { Attributes } from '@opentelemetry/api';
import type { Failure } from '../../../contract/failure.js';
import { grpcStatus, httpStatus, jsonRpcCode } from '../../../contract/failure-table.js';
import type { OperationDescriptor } from '../../../contract/module.js';
import type { Protocol } from '../../../contract/operation.js';

/** By the semantic conventions of OpenTelemetry. */
export interface ServedProtocol {
  readonly name: string;
  readonly attributes: Attributes;
  readonly outcomeAttributes?: (failure: Failure | undefined) => Attributes;
}

export type ServedOperation = Readonly<Record<Protocol, ServedProtocol>>;

export function servedOperation({ id, kind, wire }: OperationDescriptor): ServedOperation {
  const { rest, graphql, grpc, websocket, mqtt } = wire;
  const type = kind === 'query' ? 'query' : 'mutation';
  const app = (protocol: Protocol) => ({ 'app.operation': id, 'app.protocol': protocol });
  return {
    rest: {
      name: rest ? `${rest.method} ${rest.path}` : id,
      attributes: { 'http.request.method': rest?.method, 'http.route': rest?.path, ...app('rest') },
      outcomeAttributes: (failure) => ({ 'http.response.status_code': failure ? httpStatus(failure) : rest?.status }),
    },
    graphql: {
      name: `${type} ${graphql}`,
      attributes: { 'graphql.operation.type': type, 'graphql.operation.name': graphql, ...app('graphql') },
    },
    grpc: {
      name: grpc.path.slice(1),
      attributes: {
        'rpc.system': 'grpc',
        'rpc.service': `${grpc.package}.${grpc.service}`,
        'rpc.method': grpc.method,
        ...app('grpc'),
      },
      outcomeAttributes: (failure) => ({ 'rpc.grpc.status_code': failure ? grpcStatus(failure) : 0 }),
    },
    websocket: {
      name: websocket,
      attributes: {
        'rpc.system': 'jsonrpc',
        'rpc.jsonrpc.version': '2.0',
        'rpc.method': websocket,
        ...app('websocket'),
      },
      outcomeAttributes: (failure): Attributes => (failure ? { 'rpc.jsonrpc.error_code': jsonRpcCode(failure) } : {}),
    },
    mqtt: {
      name: `process ${mqtt}`,
      attributes: {
        'messaging.system': 'mqtt',
        'messaging.destination.name': mqtt,
        'messaging.operation.type': 'process',
        ...app('mqtt'),
      },
    },
  };
}
