import type { IClientPublishOptions } from 'mqtt';
import { callFields, paramsOf } from './json-rpc.js';
import { defined, type OutgoingCall } from './transport.js';

export type MqttVersion = 4 | 5;

export interface MqttRequest {
  readonly payload: string;
  readonly options: IClientPublishOptions;
}

/** MQTT 5: the payload is the params, everything else is in properties. */
function withProperties(call: OutgoingCall, id: string, replyTo: string): MqttRequest {
  const { authorization, requestId, traceparent, timeoutMs, idempotencyKey } = call;
  const userProperties = defined({
    authorization,
    'request-id': requestId,
    traceparent,
    'timeout-ms': String(timeoutMs),
    'idempotency-key': idempotencyKey,
  });
  const properties = {
    responseTopic: replyTo,
    correlationData: Buffer.from(id),
    messageExpiryInterval: Math.max(1, Math.ceil(timeoutMs / 1000)),
    userProperties,
  };
  return { payload: JSON.stringify(paramsOf(call)), options: { qos: qosOf(call), properties } };
}

/** MQTT 3.1.1 has no properties: an envelope holds the params. */
function withEnvelope(call: OutgoingCall, id: string, replyTo: string): MqttRequest {
  const { authorization } = call;
  const envelope = {
    reply_to: replyTo,
    correlation_id: id,
    authorization,
    ...callFields(call),
    params: paramsOf(call),
  };
  return { payload: JSON.stringify(envelope), options: { qos: qosOf(call) } };
}

const qosOf = ({ operation }: OutgoingCall): 0 | 1 => operation.spec.qos ?? 1;

export const requestWriters = { 4: withEnvelope, 5: withProperties } as const;
