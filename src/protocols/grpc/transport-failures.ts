import { type Server, type ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import {
  Cancelled,
  DeadlineExceeded,
  Internal,
  MalformedRequest,
  PayloadTooLarge,
  Unimplemented,
} from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { failureStatus, hasDetails } from './status-details.js';

type PartialStatus = Parameters<ServerInterceptingCall['sendStatus']>[0];

/** What grpc-js says of requests that it answers itself, before or without any handler. */
function failureOf({ code, details = '' }: PartialStatus): Failure {
  if (code === status.RESOURCE_EXHAUSTED) return new PayloadTooLarge({ detail: details });
  if (code === status.DEADLINE_EXCEEDED) return new DeadlineExceeded();
  if (code === status.CANCELLED) return new Cancelled();
  if (/request message|grpc-timeout|decompress/.test(details)) return new MalformedRequest({ detail: details });
  return code === status.UNIMPLEMENTED ? new Unimplemented({ detail: details }) : new Internal();
}

/** Gives the statuses that grpc-js makes itself the details of the failures they are. */
export function detailed(sent: PartialStatus, domain: string): PartialStatus {
  if (sent.code === status.OK || hasDetails(sent.metadata)) return sent;
  return failureStatus(failureOf(sent), domain);
}

/**
 * For calls to `paths`. An interceptor of the usual kind sees the statuses of handlers only: those of the transport
 * (deadline, size, compression) are sent by the innermost call to itself, so its `sendStatus` is replaced.
 */
export function transportFailures(paths: ReadonlySet<string>, domain: string): ServerInterceptor {
  return (method, call) => {
    if (paths.has(method.path)) {
      const send = call.sendStatus;
      call.sendStatus = (sent) => send.call(call, detailed(sent, domain));
    }
    return call as ServerInterceptingCall;
  };
}

/** grpc-js has no hook for a method that nobody registered, so what it answers with is replaced. */
export function answerUnknownMethods(server: Server, domain: string): void {
  const respond: unknown = Reflect.get(server, '_respondWithError');
  if (typeof respond !== 'function') return;
  const detailedRespond = (sent: PartialStatus, ...rest: unknown[]): unknown =>
    respond.call(server, detailed(sent, domain), ...rest);
  Reflect.set(server, '_respondWithError', detailedRespond);
}
