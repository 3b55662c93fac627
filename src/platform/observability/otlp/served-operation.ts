import type { Attributes } from '@opentelemetry/api';
import type { Failure } from '../../../contract/failure.js';
import { grpcStatus, httpStatus, jsonRpcCode } from '../../../contract/failure-table.js';
import type { OperationDescriptor } from '../../../contract/module.js';
import type { Protocol } from '../../../contract/operation.js';

/** By the semantic conventions of OpenTelemetry. */
export interface ServedOperation {
  readonly name: string;
  readonly attributes: Attributes;
  readonly outcome: (failure: Failure | undefined) => Attributes;
}

type Describe = (operation: OperationDescriptor) => ServedOperation;

const nothing = () => ({});

const byProtocol: Record<Protocol, Describe> = {
  rest: ({ id, wire: { rest } }) => ({
    name: rest ? `${rest.method} ${rest.path}` : id,
    attributes: { 'http.request.method': rest?.method, 'http.route': rest?.path },
    outcome: (failure) => ({ 'http.response.status_code': failure ? httpStatus(failure) : rest?.status }),
  }),
  graphql: ({ kind, wire: { graphql } }) => {
    const type = kind === 'query' ? 'query' : 'mutation';
    return {
      name: `${type} ${graphql}`,
      attributes: { 'graphql.operation.type': type, 'graphql.operation.name': graphql },
      outcome: nothing,
    };
  },
  grpc: ({ wire: { grpc } }) => ({
    name: grpc.path.slice(1),
    attributes: {
      'rpc.system': 'grpc',
      'rpc.service': `${grpc.package}.${grpc.service}`,
      'rpc.method': grpc.method,
    },
    outcome: (failure) => ({ 'rpc.grpc.status_code': failure ? grpcStatus(failure) : 0 }),
  }),
  websocket: ({ wire: { websocket } }) => ({
    name: websocket,
    attributes: { 'rpc.system': 'jsonrpc', 'rpc.jsonrpc.version': '2.0', 'rpc.method': websocket },
    outcome: (failure): Attributes => (failure ? { 'rpc.jsonrpc.error_code': jsonRpcCode(failure) } : {}),
  }),
  mqtt: ({ wire: { mqtt } }) => ({
    name: `process ${mqtt}`,
    attributes: {
      'messaging.system': 'mqtt',
      'messaging.destination.name': mqtt,
      'messaging.operation.type': 'process',
    },
    outcome: nothing,
  }),
};

export class ServedOperations {
  readonly #known = new Map<OperationDescriptor, Map<Protocol, ServedOperation>>();

  of(operation: OperationDescriptor, protocol: Protocol): ServedOperation {
    return this.#known.get(operation)?.get(protocol) ?? this.#add(operation, protocol);
  }

  #add(operation: OperationDescriptor, protocol: Protocol): ServedOperation {
    const described = byProtocol[protocol](operation);
    const attributes = { ...described.attributes, 'app.operation': operation.id, 'app.protocol': protocol };
    const served = { ...described, attributes };
    this.#known.set(operation, (this.#known.get(operation) ?? new Map()).set(protocol, served));
    return served;
  }
}
