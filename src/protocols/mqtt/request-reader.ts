import { isUtf8 } from 'node:buffer';
import type { IPublishPacket } from 'mqtt';
import { InvalidArgument, MalformedRequest, PayloadTooLarge } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { isObject, type JsonObject } from '../../contract/json-codec.js';
import type { Inbound } from '../../pipeline/call-context.js';
import { NotJson } from '../json-rpc/error-object.js';
import { type ExactId, idText, isExactId, parseMessage } from '../json-rpc/exact-id.js';
import { type CallFields, callFields, keyIssues, textField, timeoutIn } from '../request-values.js';
import type { IncomingMessage } from './broker.js';

type Properties = NonNullable<IPublishPacket['properties']>;

export interface ReplyTarget {
  readonly topic: string;
  /** JSON of the reply before the member `result` or `error`. */
  readonly head: string;
  readonly correlationData?: Buffer | undefined;
}

export interface RequestContent {
  readonly fields: CallFields & Pick<Inbound, 'authorization'>;
  readonly params: unknown;
}

type Content = RequestContent | Failure;

export interface MqttRequest {
  /** Absent for a notification, which gets no reply. */
  readonly replyTo: ReplyTarget | undefined;
  readonly content: Content;
}

const noLimit = Number.POSITIVE_INFINITY;

/** The protocol version is unknown: with these properties the payload is the params, else it may be an envelope. */
const isMqtt5 = ({ responseTopic, correlationData, userProperties }: Properties): boolean =>
  responseTopic !== undefined || correlationData !== undefined || userProperties !== undefined;

export function readMqttRequest(
  { payload: given, properties = {} }: IncomingMessage,
  payloadBytes: number,
): MqttRequest {
  const payload = typeof given === 'string' ? Buffer.from(given) : given;
  const isTooLarge = payload.length > payloadBytes;
  if (isMqtt5(properties)) return readPacket(payload, properties, isTooLarge);
  const message = parse(payload, 'correlation_id');
  if (message === undefined) return { replyTo: undefined, content: new NotJson() };
  if (!isObject(message)) return { replyTo: undefined, content: malformed('A request is an object') };
  return {
    replyTo: replyTarget(message),
    content: isTooLarge ? new PayloadTooLarge() : readEnvelope(message, properties),
  };
}

function readPacket(payload: Buffer, properties: Properties, isTooLarge: boolean): MqttRequest {
  const { responseTopic: topic, correlationData } = properties;
  const replyTo = topic === undefined ? undefined : { topic, head: '{', correlationData };
  if (isTooLarge) return { replyTo, content: new PayloadTooLarge() };
  const params = payload.length === 0 ? {} : parse(payload);
  return { replyTo, content: contentOf(userMembers(properties), params, properties) };
}

function userMembers({ userProperties = {} }: Properties): JsonObject {
  const { authorization, traceparent } = userProperties;
  return {
    authorization,
    request_id: userProperties['request-id'],
    traceparent,
    timeout_ms: timeoutIn(textField(userProperties['timeout-ms'])),
    idempotency_key: userProperties['idempotency-key'],
  };
}

function readEnvelope(message: JsonObject, properties: Properties): Content {
  if (!isEnvelope(message)) return contentOf({}, message, properties);
  const problem = envelopeProblem(message);
  if (problem !== undefined) return malformed(problem);
  const { params = {} } = message;
  return contentOf(message, params, properties);
}

function contentOf(members: JsonObject, params: unknown, { messageExpiryInterval = noLimit }: Properties): Content {
  // a repeated user property is a list
  const issues = keyIssues(members, '');
  if (issues.length > 0) return new InvalidArgument({ issues });
  if (params === undefined) return new NotJson();
  const fields = callFields(members);
  const timeoutMs = Math.min(fields.timeoutMs ?? noLimit, messageExpiryInterval * 1000);
  return { fields: { ...fields, timeoutMs, authorization: textField(members.authorization) }, params };
}

const isEnvelope = (message: JsonObject): boolean =>
  Object.hasOwn(message, 'params') || Object.hasOwn(message, 'reply_to');

function replyTarget({ reply_to, correlation_id }: JsonObject): ReplyTarget | undefined {
  if (typeof reply_to !== 'string') return undefined;
  return {
    topic: reply_to,
    head: isCorrelationId(correlation_id) ? `{"correlation_id":${idText(correlation_id)},` : '{',
  };
}

const isCorrelationId = (value: unknown): value is NonNullable<ExactId> => value !== null && isExactId(value);

const envelopeMembers = new Set([
  'reply_to',
  'correlation_id',
  'authorization',
  'request_id',
  'traceparent',
  'timeout_ms',
  'idempotency_key',
  'params',
]);

function envelopeProblem(envelope: JsonObject): string | undefined {
  for (const name of Object.keys(envelope)) {
    if (!envelopeMembers.has(name)) return `The envelope has no member ${JSON.stringify(name.slice(0, 50))}`;
  }
  const { reply_to, correlation_id } = envelope;
  if (reply_to !== undefined && typeof reply_to !== 'string') return 'The member reply_to is a string';
  if (correlation_id !== undefined && !isCorrelationId(correlation_id)) return 'The member correlation_id is a string';
  return undefined;
}

const malformed = (detail: string): Failure => new MalformedRequest({ detail });

const parse = (payload: Buffer, exactMember?: string): unknown =>
  isUtf8(payload) ? parseMessage(payload.toString(), exactMember) : undefined;
