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
import type { HttpAnswer } from './http-exchange.js';

const byStatus: Readonly<Record<number, FailureClass>> = {
  401: Unauthenticated,
  403: PermissionDenied,
  404: RouteNotFound,
  429: RateLimited,
  502: ServiceUnavailable,
  503: ServiceUnavailable,
  504: DeadlineExceeded,
};

/** Of an answer that is not ours: what a proxy between says, or another server at the same address. */
export function foreignFailure({ status, retryAfterSeconds }: HttpAnswer): Failure {
  const Fitting = byStatus[status] ?? Internal;
  return new Fitting({
    detail: `An answer of status ${status} without the failure it stands for`,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
