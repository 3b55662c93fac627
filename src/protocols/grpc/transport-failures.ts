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

/** Those that grpc-js reads. */
const encodings = 'identity,deflate,gzip';

/** What grpc-js says of requests that it answers itself. */
function failureOf({ code, details = '' }: PartialStatus): Failure {
  if (code === status.RESOURCE_EXHAUSTED) return new PayloadTooLarge({ detail: details });
  if (code === status.DEADLINE_EXCEEDED) return new DeadlineExceeded();
  if (code === status.UNIMPLEMENTED) return new Unimplemented({ detail: details });
  return /grpc-timeout|decompress/.test(details) ? new MalformedRequest({ detail: details }) : new Internal();
}

function detailed(sent: PartialStatus, domain: string): PartialStatus {
  if (sent.code === status.OK || hasDetails(sent.metadata)) return sent;
  const failed = failureStatus(failureOf(sent), domain);
  if (sent.details?.includes('unsupported encoding')) failed.metadata.set('grpc-accept-encoding', encodings);
  return failed;
}

/**
 * A `sendStatus` for the innermost call, which sends the statuses of the transport (deadline, size, compression) to
 * itself, past every interceptor: it gives them the details of the failures they are.
 */
export function detailedSendStatus(domain: string): Transport['sendStatus'] {
  return function sendStatus(this: Transport, sent) {
    const { sendStatus: send } = Object.getPrototypeOf(this) as Transport;
    send.call(this, detailed(sent, domain));
  };
}

/**
 * grpc-js has no hook for a method that nobody registered, so what it answers with is replaced: it would repeat the path,
 * whatever characters it has.
 */
export function answerUnknownMethods(server: Server, domain: string): void {
  const respond: unknown = Reflect.get(server, '_respondWithError');
  if (typeof respond !== 'function') throw new TypeError('This version of grpc-js answers unknown methods another way');
  const unimplemented = failureStatus(new Unimplemented(), domain);
  const respondUnimplemented = (_sent: PartialStatus, ...rest: unknown[]): unknown =>
    respond.call(server, unimplemented, ...rest);
  Reflect.set(server, '_respondWithError', respondUnimplemented);
}
