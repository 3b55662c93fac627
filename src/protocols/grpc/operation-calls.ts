import type { ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';
import { detailedSendStatus } from './transport-failures.js';
import { UnaryCall, type UnaryMethod } from './unary-call.js';

/** Takes the calls of operations, by path, before grpc-js gives them to a handler; leaves the others to theirs. */
export function operationCalls(methods: ReadonlyMap<string, UnaryMethod>, domain: string): ServerInterceptor {
  const sendStatus = detailedSendStatus(domain);
  return ({ path }, transport) => {
    const method = methods.get(path);
    if (!method) return transport as ServerInterceptingCall;
    transport.sendStatus = sendStatus;
    // all that grpc-js does with it is start it
    return new UnaryCall(method, transport) as unknown as ServerInterceptingCall;
  };
}
