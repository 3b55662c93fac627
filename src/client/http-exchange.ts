import { ServiceUnavailable } from '../contract/built-in-failures.js';
import type { OutgoingCall } from './transport.js';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** JSON. */
  readonly body?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** The JSON in it; undefined where there is none, as in the error pages of proxies. */
  readonly body: unknown;
  /** Seconds. */
  readonly retryAfterSeconds: number | undefined;
}

const longestTimeout = 999_999_999;

function headersOf({ authorization, requestId, traceparent, timeoutMs, idempotencyKey }: OutgoingCall): Headers {
  const timeout = String(Math.min(timeoutMs, longestTimeout));
  const headers = new Headers({ accept: 'application/json', 'x-request-timeout-ms': timeout });
  if (authorization !== undefined) headers.set('authorization', authorization);
  if (requestId !== undefined) headers.set('x-request-id', requestId);
  if (traceparent !== undefined) headers.set('traceparent', traceparent);
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  return headers;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Throws ServiceUnavailable when no answer comes. */
export async function exchange({ method, url, body }: HttpRequest, call: OutgoingCall): Promise<HttpAnswer> {
  const headers = headersOf(call);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const { signal } = call;
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'error',
      ...(body !== undefined && { body }),
    });
    const retryAfter = response.headers.get('retry-after') ?? '';
    return {
      status: response.status,
      body: parse(await response.text()),
      retryAfterSeconds: /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined,
    };
  } catch (cause) {
    throw new ServiceUnavailable({ detail: `${new URL(url).origin} does not answer`, cause });
  }
}
