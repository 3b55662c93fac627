import { Cancelled, DeadlineExceeded } from '../contract/built-in-failures.js';
import { Failure } from '../contract/failure.js';
import { checkIdempotencyKey } from '../contract/idempotency.js';
import { asIs } from '../contract/json-codec.js';
import { describe, type OperationDescriptor } from '../contract/module.js';
import type { Operation, OutputOf } from '../contract/operation.js';
import { validate } from '../contract/validate.js';
import type { OutgoingCall, Transport } from './transport.js';

/** Without `Bearer`. A function is called before every call, so that it can renew an expired token. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

export interface CallOptions {
  /** 1 to 255 printable ASCII characters; makes a command safe to repeat. Not sent where it has no meaning. */
  readonly idempotencyKey?: string;
  /** 1 to 128 characters of `A-Z a-z 0-9 _ . : / + = @ -`; the server makes one when absent. */
  readonly requestId?: string;
  readonly traceparent?: string;
  /** Milliseconds until the call fails with DeadlineExceeded and is cancelled at the server. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const longestTimer = 2_147_483_647;

/** Some protocols carry printable ASCII only; servers treat anything else as absent. */
const printable = (text: string | undefined): string | undefined =>
  text !== undefined && /^[\x20-\x7e]*$/.test(text) ? text : undefined;

export class Client {
  readonly #closing = new AbortController();

  constructor(
    private readonly transport: Transport,
    private readonly settings: { readonly token?: TokenSource | undefined; readonly timeoutMs: number },
  ) {}

  /** Throws declared and built-in failures as their classes, other codes as a plain Failure. */
  async execute<M extends Operation>(message: M, options: CallOptions = {}): Promise<OutputOf<M>> {
    const operation = describe(message.constructor);
    const wanted = options.timeoutMs ?? operation.spec.deadlineMs ?? this.settings.timeoutMs;
    const timeoutMs = Math.min(Math.max(1, Math.ceil(wanted)), longestTimer);
    const given = options.signal ? [options.signal] : [];
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs), ...given]);
    const sent = this.#send(operation, message.input as object, { ...options, timeoutMs, signal });
    return (await orAborted(sent, signal)) as OutputOf<M>;
  }

  /** Running calls fail with Cancelled. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.transport.close?.();
  }

  async #send(
    operation: OperationDescriptor,
    input: object,
    { timeoutMs, signal, requestId, traceparent, idempotencyKey: key }: CallOptions & Sending,
  ): Promise<unknown> {
    const idempotencyKey = operation.takesIdempotencyKey ? key : undefined;
    if (idempotencyKey !== undefined) checkIdempotencyKey(idempotencyKey);
    const { token } = this.settings;
    const current = typeof token === 'function' ? await token() : token;
    if (signal.aborted) return undefined;
    try {
      return await this.transport.send({
        operation,
        input,
        // an unsendable token would appear in the error of the library
        authorization: current === undefined ? undefined : `Bearer ${printable(current) ?? ''}`.trim(),
        requestId: printable(requestId),
        traceparent: printable(traceparent),
        idempotencyKey,
        timeoutMs,
        signal,
      });
    } catch (error) {
      // callers in JavaScript pass values that the encoders do not expect
      if (!(error instanceof Failure)) validate(operation, input, asIs);
      throw error;
    }
  }
}

type Sending = Pick<OutgoingCall, 'timeoutMs' | 'signal'>;

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(endedBy(signal.reason));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const endedBy = (reason: unknown): Error =>
  reason instanceof DOMException && reason.name === 'TimeoutError'
    ? new DeadlineExceeded()
    : new Cancelled({ detail: 'The call was cancelled by its caller', cause: reason });
