import type { OperationDescriptor } from '../../../src/contract/module.js';
import { upperFirst } from '../../../src/contract/wire-names.js';
import { committedTopicPrefix } from '../../../src/protocols/served-documents.js';
import type { DocumentNode } from '../document.js';
import type { JsonSchema } from '../json-schema.js';
import { type Described, type OperationSchemas, object, text } from './operation-schemas.js';

const correlationId: JsonSchema = { type: ['string', 'number'], description: 'Comes back as it was.' };

const dashed = (meta: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(meta).map(([name, schema]) => [name.replaceAll('_', '-'), schema]));

const replyTopic = `Begins with \`${committedTopicPrefix}/clients/<client id>/\`, of the sender itself.`;

/** MQTT 5 and 3.1.1 share the topics; they differ in the form of messages and in where the reply topic is named. */
export function describeMqtt(operations: readonly OperationDescriptor[], schemas: OperationSchemas): Described {
  if (operations.length === 0) return { channels: {}, operations: {} };
  const replies = {
    mqttReplies: {
      address: null,
      description: `The topic that the request names. ${replyTopic}`,
      servers: [{ $ref: '#/servers/mqtt' }],
      messages: Object.assign({}, ...operations.map((operation) => replyMessages(operation, schemas))),
    },
  };
  const requests = operations.map((operation) => requestChannel(operation, schemas));
  return {
    channels: Object.assign({}, ...requests, replies),
    operations: Object.assign({}, ...operations.map((operation) => operationsOf(operation, schemas))),
  };
}

function requestChannel(operation: OperationDescriptor, schemas: OperationSchemas) {
  const name = schemas.id(operation);
  const meta = schemas.meta(operation);
  const params = schemas.input(operation);
  const envelope = { reply_to: text, correlation_id: correlationId, authorization: text, ...meta, params };
  return {
    [`mqtt${upperFirst(name)}`]: {
      address: `${committedTopicPrefix}/${operation.wire.mqtt}`,
      servers: [{ $ref: '#/servers/mqtt' }],
      messages: {
        request: {
          name: `${operation.id} (MQTT 5)`,
          description: 'Response topic and correlation data are properties of the packet.',
          headers: object({ authorization: text, ...dashed(meta) }),
          payload: params,
          bindings: { mqtt: { responseTopic: text, bindingVersion: '0.2.0' } },
        },
        envelope: {
          name: `${operation.id} (MQTT 3.1.1)`,
          description: `\`reply_to\`: ${replyTopic}`,
          payload: object(envelope, ['params']),
        },
      },
    },
  };
}

function replyMessages(operation: OperationDescriptor, schemas: OperationSchemas): Record<string, DocumentNode> {
  const name = schemas.id(operation);
  const result = schemas.output(operation);
  const error = schemas.failure(operation);
  const withId = (outcome: Record<string, JsonSchema>) =>
    object({ correlation_id: correlationId, ...outcome }, Object.keys(outcome));
  return {
    [`${name}Result`]: { name: `${operation.id} result (MQTT 5)`, payload: object({ result }, ['result']) },
    [`${name}Error`]: { name: `${operation.id} error (MQTT 5)`, payload: object({ error }, ['error']) },
    [`${name}EnvelopedResult`]: { name: `${operation.id} result (MQTT 3.1.1)`, payload: withId({ result }) },
    [`${name}EnvelopedError`]: { name: `${operation.id} error (MQTT 3.1.1)`, payload: withId({ error }) },
  };
}

function operationsOf(operation: OperationDescriptor, schemas: OperationSchemas): Record<string, DocumentNode> {
  const name = schemas.id(operation);
  const described = schemas.describe(operation);
  const inPacket = call(name, 'request', ['Result', 'Error'], '$message.header#/responseTopic');
  const inEnvelope = call(name, 'envelope', ['EnvelopedResult', 'EnvelopedError'], '$message.payload#/reply_to');
  return {
    [`mqtt${upperFirst(name)}`]: { ...described, ...inPacket },
    [`mqtt3${upperFirst(name)}`]: { ...described, ...inEnvelope },
  };
}

function call(name: string, request: string, replies: readonly string[], replyTo: string): DocumentNode {
  const channel = `#/channels/mqtt${upperFirst(name)}`;
  return {
    action: 'receive',
    channel: { $ref: channel },
    messages: [{ $ref: `${channel}/messages/${request}` }],
    reply: {
      address: { location: replyTo },
      channel: { $ref: '#/channels/mqttReplies' },
      messages: replies.map((reply) => ({ $ref: `#/channels/mqttReplies/messages/${name}${reply}` })),
    },
  };
}
