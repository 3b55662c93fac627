import { isUtf8 } from 'node:buffer';
import type { IPublishPacket } from 'mqtt';
import { InvalidArgument, MalformedRequest, PayloadTooLarge } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { isObject } from '../../contract/json-codec.js';
import type { Inbound } from '../../pipeline/call-context.js';
import { type CallFields, callFields, type JsonObject, keyFaults, textField } from '../json-rpc/call-fields.js';
import { NotJson } from '../json-rpc/error-object.js';
import { type ExactId, idText, isExactId, parseMessage } from '../json-rpc/exact-id.js';
import { timeoutIn } from '../request-values.js';
import type { IncomingMessage } from './broker.js';

type Properties = NonNullable<IPublishPacket['properties']>;

export interface ReplyTarget {
  readonly topic: string;
  /** JSON of the reply before the member `result` or `error`. */
  readonly head: string;
  readonly correlationData?: Buffer | undefined;
}

export interface ReadRequest {
  /** Absent for a notification, which gets no reply. */
  readonly replyTo: ReplyTarget | undefined;
  readonly fields: CallFields & Pick<Inbound, 'authorization'>;
  readonly params: unknown;
}

export class RefusedRequest {
  constructor(
    readonly replyTo: ReplyTarget | undefined,
    readonly failure: Failure,
  ) {}
}

/** The protocol version is unknown: with these properties the payload is the params, else it may be an envelope. */
const isMqtt5 = ({ responseTopic, correlationData, userProperties }: Properties): boolean =>
  responseTopic !== undefined || correlationData !== undefined || userProperties !== undefined;

export function readMqttRequest(
  { payload: given, properties = {} }: IncomingMessage,
  payloadBytes: number,
): ReadRequest | RefusedRequest {
  const payload = typeof given === 'string' ? Buffer.from(given) : given;
  const isTooLarge = payload.length > payloadBytes;
  return isMqtt5(properties)
    ? readPacket(payload, properties, isTooLarge)
    : readEnvelope(parse(payload, 'correlation_id'), properties, isTooLarge);
}

function readPacket(payload: Buffer, properties: Properties, isTooLarge: boolean): ReadRequest | RefusedRequest {
  const { responseTopic, correlationData } = properties;
  const replyTo = responseTopic === undefined ? undefined : { topic: responseTopic, head: '{', correlationData };
  if (isTooLarge) return new RefusedRequest(replyTo, new PayloadTooLarge());
  const refused = refuseKey(replyTo, properties.userProperties?.['idempotency-key']);
  if (refused) return refused;
  const params = payload.length === 0 ? {} : parse(payload);
  return params === undefined
    ? new RefusedRequest(replyTo, new NotJson())
    : { replyTo, fields: propertyFields(properties), params };
}

function propertyFields(properties: Properties): ReadRequest['fields'] {
  const given: JsonObject = properties.userProperties ?? {};
  return {
    authorization: textField(given.authorization),
    requestId: textField(given['request-id']),
    traceparent: textField(given.traceparent),
    timeoutMs: sooner(timeoutIn(textField(given['timeout-ms'])), properties),
    idempotencyKey: textField(given['idempotency-key']),
  };
}

function sooner(timeoutMs: number | undefined, { messageExpiryInterval }: Properties): number | undefined {
  if (messageExpiryInterval === undefined) return timeoutMs;
  return Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, messageExpiryInterval * 1000);
}

function readEnvelope(message: unknown, properties: Properties, isTooLarge: boolean): ReadRequest | RefusedRequest {
  if (message === undefined) return new RefusedRequest(undefined, new NotJson());
  if (!isObject(message)) return new RefusedRequest(undefined, malformed('A request is an object'));
  const replyTo = replyTarget(message);
  if (isTooLarge) return new RefusedRequest(replyTo, new PayloadTooLarge());
  if (!isEnvelope(message)) return { replyTo, fields: propertyFields(properties), params: message };
  const fault = faultOf(message);
  if (fault !== undefined) return new RefusedRequest(replyTo, malformed(fault));
  const refused = refuseKey(replyTo, message.idempotency_key);
  if (refused) return refused;
  const { authorization, params = {} } = message;
  const fields = callFields(message);
  const timeoutMs = sooner(fields.timeoutMs, properties);
  return { replyTo, fields: { ...fields, timeoutMs, authorization: textField(authorization) }, params };
}

/** A repeated user property is a list. */
function refuseKey(replyTo: ReplyTarget | undefined, key: unknown): RefusedRequest | undefined {
  const issues = keyFaults({ idempotency_key: key }, '');
  return issues.length > 0 ? new RefusedRequest(replyTo, new InvalidArgument({ issues })) : undefined;
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

function faultOf(envelope: JsonObject): string | undefined {
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
