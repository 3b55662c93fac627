import {
  DeadlineExceeded,
  IdempotencyKeyInUse,
  IdempotencyKeyReused,
  Internal,
  InvalidArgument,
  PermissionDenied,
  RateLimited,
  RouteNotFound,
  ServiceUnavailable,
  Unauthenticated,
} from '../../src/contract/built-in-failures.js';
import type { FailureClass } from '../../src/contract/failure.js';
import type { OperationDescriptor } from '../../src/contract/module.js';

/** Over all protocols; those of the operation first. */
export function possibleFailures(operation: OperationDescriptor): FailureClass[] {
  const { access, enabledBy, errors = [] } = operation.spec;
  return [
    ...errors,
    InvalidArgument,
    ...(enabledBy ? [RouteNotFound] : []),
    ...(operation.takesIdempotencyKey ? [IdempotencyKeyReused, IdempotencyKeyInUse] : []),
    ...(access.type === 'anyone' ? [] : [Unauthenticated]),
    ...(access.type === 'can' ? [PermissionDenied] : []),
    RateLimited,
    Internal,
    ServiceUnavailable,
    DeadlineExceeded,
  ];
}
