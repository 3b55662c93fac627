import type { OperationDescriptor } from '../../../src/contract/module.js';
import type { DocumentInfo, DocumentNode } from '../document.js';
import type { SchemaComponents } from '../json-schema.js';
import { describeMqtt } from './mqtt.js';
import { OperationSchemas } from './operation-schemas.js';
import { describeWebSocket } from './websocket.js';

const servers = {
  websocket: {
    host: '{host}',
    pathname: '/ws',
    protocol: 'ws',
    description: 'JSON-RPC 2.0. `wss` where the process has a certificate.',
    variables: { host: { default: 'localhost:3000' } },
  },
  mqtt: {
    host: '{host}',
    protocol: 'mqtt',
    description:
      'MQTT 5 and 3.1.1; the embedded broker speaks 3.1.1 only. The topic of a request may end in `/from/<client id>`, of the ' +
      'sender itself. Brokers with the access rules of `deploy/mosquitto` refuse plain topics. Their operator can allow them with ' +
      'the rule `pattern write mstv/rpc/#`; every caller can then have answers sent to other clients.',
    variables: { host: { default: 'localhost:1883' } },
  },
};

const bearer = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'Where it goes is said of each server: a header, a subprotocol, a user property or the envelope.',
};

/**
 * AsyncAPI 3.0 of every operation that WebSocket or MQTT serve. Throws TypeError when two schemas or operations share a
 * name.
 */
export function asyncApi(operations: readonly OperationDescriptor[], info: DocumentInfo): DocumentNode {
  const components: SchemaComponents = { refs: '#/components/schemas/', schemas: {} };
  const schemas = new OperationSchemas(components);
  const websocket = describeWebSocket(servedBy('websocket', operations), schemas);
  const mqtt = describeMqtt(servedBy('mqtt', operations), schemas);
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    servers,
    channels: { ...websocket.channels, ...mqtt.channels },
    operations: { ...websocket.operations, ...mqtt.operations },
    components: { schemas: components.schemas, securitySchemes: { bearer } },
  };
}

const servedBy = (protocol: 'websocket' | 'mqtt', operations: readonly OperationDescriptor[]) =>
  operations.filter(({ protocols }) => protocols.includes(protocol));
