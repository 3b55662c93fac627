import { type ServiceError, status } from '@grpc/grpc-js';
import { DeadlineExceeded, ServiceUnavailable } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import type { OperationDescriptor } from '../../contract/module.js';
import { failureOf } from '../../contract/received-failure.js';
import { decodeFailure, hasDetails } from '../../protocols/grpc/status-details.js';
import { noRetry, senderRefused } from '../../protocols/grpc/unary-call.js';

const [pushback, never] = noRetry;
const [refusal] = senderRefused;

/** The instance refuses the token of this process, for all callers. */
export const isSenderRefused = ({ metadata }: ServiceError): boolean => metadata?.get(refusal).length > 0;

/** Texts of grpc-js for requests without a connection or after GOAWAY (RFC 9113, 6.8 and 8.7): no handler ran. */
const notTaken =
  /^(No connection established|Name resolution failed|Failed to connect|Failed to start HTTP\/2 stream|Stream refused)|NGHTTP2_REFUSED_STREAM|after receiving a GOAWAY/i;

/** The owner's failure in its class; failures of grpc-js itself without addresses. */
export function remoteFailure(operation: OperationDescriptor, error: ServiceError): Failure {
  // nothing was executed, and an instance with other keys may accept it, while keys are being replaced
  if (isSenderRefused(error)) return new ServiceUnavailable({ cause: error, retry: 'always' });
  if (hasDetails(error.metadata)) {
    const failure = failureOf(operation, decodeFailure(error));
    if (error.metadata.get(pushback)[0] === never) failure.retry = 'never';
    return failure;
  }
  if (error.code === status.DEADLINE_EXCEEDED) return new DeadlineExceeded({ cause: error });
  return new ServiceUnavailable({ cause: error, ...(notTaken.test(error.details) && { retry: 'always' }) });
}
