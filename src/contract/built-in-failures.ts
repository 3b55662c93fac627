import { failure } from './failure.js';

export class InvalidArgument extends failure('INVALID_ARGUMENT', 'invalid_argument', 'The input is not valid') {}
export class Unauthenticated extends failure('UNAUTHENTICATED', 'unauthenticated', 'Valid credentials are required') {}
export class PermissionDenied extends failure('PERMISSION_DENIED', 'permission_denied', 'This is not allowed') {}
export class RouteNotFound extends failure('NOT_FOUND', 'not_found', 'There is nothing at this address') {}
export class Unimplemented extends failure('UNIMPLEMENTED', 'unimplemented', 'There is no such operation') {}
export class RateLimited extends failure('RATE_LIMITED', 'resource_exhausted', 'Too many requests') {}
export class ServiceUnavailable extends failure('SERVICE_UNAVAILABLE', 'unavailable', 'Try again later') {}
export class DeadlineExceeded extends failure('DEADLINE_EXCEEDED', 'deadline_exceeded', 'The deadline has passed') {}
export class Cancelled extends failure('CANCELLED', 'cancelled', 'The caller went away') {}
export class IdempotencyKeyReused extends failure(
  'IDEMPOTENCY_KEY_REUSED',
  'invalid_argument',
  'This idempotency key was used for another input',
) {}
export class IdempotencyKeyInUse extends failure(
  'IDEMPOTENCY_KEY_IN_USE',
  'aborted',
  'A request with this idempotency key is still running',
) {}
export class Internal extends failure('INTERNAL', 'internal', 'Something went wrong on our side') {}

export class MalformedRequest extends failure('MALFORMED_REQUEST', 'invalid_argument', 'The request is malformed') {}
export class RequestTimeout extends failure(
  'REQUEST_TIMEOUT',
  'deadline_exceeded',
  'The request took too long to arrive',
) {}
export class PayloadTooLarge extends failure('PAYLOAD_TOO_LARGE', 'invalid_argument', 'The payload is too large') {}
export class UnsupportedMediaType extends failure(
  'UNSUPPORTED_MEDIA_TYPE',
  'invalid_argument',
  'This media type is not supported',
) {}
export class MethodNotAllowed extends failure(
  'METHOD_NOT_ALLOWED',
  'unimplemented',
  'This method is not allowed here',
) {}
