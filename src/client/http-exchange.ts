import {
  DeadlineExceeded,
  Internal,
  PermissionDenied,
  RateLimited,
  RouteNotFound,
  ServiceUnavailable,
  Unauthenticated,
} from '../contract/built-in-failures.js';
import type { Failure, FailureClass } from '../contract/failure.js';
import { headersOf, type OutgoingCall, parseObject } from './transport.js';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined when not a JSON object, such as the error page of a proxy. */
  readonly body: object | undefined;
  readonly retryAfterSeconds: number | undefined;
}

const longestTimeout = 999_999_999;

export async function exchange({ method, url, body }: HttpRequest, call: OutgoingCall): Promise<HttpAnswer> {
  const headers = new Headers({
    ...headersOf(call),
    accept: 'application/json',
    'x-request-timeout-ms': String(Math.min(call.timeoutMs, longestTimeout)),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  });
  try {
    const response = await fetch(url, { method, headers, signal: call.signal, redirect: 'error', body: body ?? null });
    const retryAfter = response.headers.get('retry-after') ?? '';
    return {
      status: response.status,
      body: parseObject(await response.text()),
      retryAfterSeconds: /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined,
    };
  } catch (cause) {
    throw new ServiceUnavailable({ detail: `${new URL(url).origin} does not answer`, cause });
  }
}

const byStatus: Readonly<Record<number, FailureClass>> = {
  401: Unauthenticated,
  403: PermissionDenied,
  404: RouteNotFound,
  429: RateLimited,
  502: ServiceUnavailable,
  503: ServiceUnavailable,
  504: DeadlineExceeded,
};

export function foreignFailure({ status, retryAfterSeconds }: HttpAnswer): Failure {
  const Fitting = byStatus[status] ?? Internal;
  return new Fitting({
    detail: `An answer of status ${status} without the failure it stands for`,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
