import { type Server, type ServerInterceptingCallInterface, status } from '@grpc/grpc-js';
import {
  DeadlineExceeded,
  Internal,
  MalformedRequest,
  PayloadTooLarge,
  Unimplemented,
} from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { failureStatus, hasDetails } from './status-details.js';

type Transport = ServerInterceptingCallInterface;
type PartialStatus = Parameters<Transport['sendStatus']>[0];

const encodings = 'identity,deflate,gzip';

function failureOf({ code, details = '' }: PartialStatus): Failure {
  if (code === status.RESOURCE_EXHAUSTED) return new PayloadTooLarge({ detail: details });
  if (code === status.DEADLINE_EXCEEDED) return new DeadlineExceeded();
  if (code === status.UNIMPLEMENTED) return new Unimplemented({ detail: details });
  return /grpc-timeout|decompress/.test(details) ? new MalformedRequest({ detail: details }) : new Internal();
}

function detailed(sent: PartialStatus): PartialStatus {
  if (sent.code === status.OK || hasDetails(sent.metadata)) return sent;
  const failed = failureStatus(failureOf(sent));
  if (sent.details?.includes('unsupported encoding')) failed.metadata.set('grpc-accept-encoding', encodings);
  return failed;
}

/** For the innermost call: transport statuses (deadline, size, compression) bypass the interceptors of grpc-js. */
export function sendDetailedStatus(this: Transport, sent: PartialStatus): void {
  const { sendStatus } = Object.getPrototypeOf(this) as Transport;
  sendStatus.call(this, detailed(sent));
}

/** The answer of grpc-js repeats the path, with any characters. */
export function answerUnknownMethods(server: Server): void {
  const respond: unknown = Reflect.get(server, '_respondWithError');
  if (typeof respond !== 'function') throw new TypeError('This version of grpc-js answers unknown methods another way');
  const unimplemented = failureStatus(new Unimplemented());
  const respondUnimplemented = (_sent: PartialStatus, ...rest: unknown[]): unknown =>
    respond.call(server, unimplemented, ...rest);
  Reflect.set(server, '_respondWithError', respondUnimplemented);
}
