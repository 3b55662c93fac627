import type { Decode, Encode } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { parseJson } from '../contract/parse-json.js';
import type { ObjectShape } from '../contract/shape.js';

export interface OutgoingCall {
  readonly operation: OperationDescriptor;
  readonly input: object;
  readonly authorization: string | undefined;
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Connects on demand, and again after a loss. */
export interface Transport {
  /** Resolves with the output. Rejects with a Failure, ServiceUnavailable when there is no answer. */
  send(call: OutgoingCall): Promise<unknown>;
  close?(): Promise<void>;
}

type Texts = Readonly<Record<string, string>>;

export const defined = (values: Readonly<Record<string, string | undefined>>): Texts =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));

export const headersOf = ({ authorization, requestId, traceparent, idempotencyKey }: OutgoingCall): Texts =>
  defined({ authorization, 'x-request-id': requestId, traceparent, 'idempotency-key': idempotencyKey });

/** Ignores issues: fields that a later server version added are left out. */
export function outputDecoder(output: ObjectShape | undefined, compile: (shape: ObjectShape) => Decode): Encode {
  if (!output) return () => undefined;
  const decode = compile(output);
  return (value) => decode(value, [], '');
}

export function parseObject(text: string): object | undefined {
  try {
    const value = parseJson(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
