import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream, ServerOptions } from 'node:http2';
import type { Server, ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';
import type { RawHeaders } from '../request-values.js';
import { Turns } from '../turns.js';
import { libraryHeaders, longestTimeout } from './library-headers.js';
import { sendDetailedStatus } from './transport-failures.js';
import { UnaryCall, type UnaryMethod } from './unary-call.js';

/** Calls of one connection that begin in one turn of the event loop: its answers make room for as many again. */
const callsPerTurn = 32;

type Handle = (
  interceptors: readonly ServerInterceptor[],
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  raw: RawHeaders,
) => void;

/** grpc-js passes on none of its own for them. */
const http2Options: ServerOptions = {
  // else a key or a token with a space before or after it is dropped: HTTP/1.1 takes the space away
  strictFieldWhitespaceValidation: false,
  // so many a second, after as many at once: Node closes the connections of others for 33 cancelled calls a second
  streamResetBurst: 1_000,
  streamResetRate: 1_000,
};

/** For the pipeline to end a call before grpc-js does: it says the trace in its answer. grpc-js ends those that never become one. */
const graceMs = 250;

/**
 * Takes the calls of operations, by path, before grpc-js gives them to a handler; leaves the others to theirs. grpc-js has
 * no hook that sees the headers as they came, so its listener of streams is replaced.
 */
export function takeOperationCalls(server: Server, methods: ReadonlyMap<string, UnaryMethod>): void {
  const handle: unknown = Reflect.get(server, '_streamHandler');
  if (typeof handle !== 'function') throw new TypeError('This version of grpc-js takes streams another way');
  Object.assign(Reflect.get(server, 'commonServerOptions') as object, http2Options);
  const take: Handle = (interceptors, stream, headers, _flags, raw) => {
    const method = methods.get(headers[':path'] ?? '');
    const intercept: ServerInterceptor = (_definition, transport) => {
      if (!method) return transport as ServerInterceptingCall;
      transport.sendStatus = sendDetailedStatus;
      // all that grpc-js does with it is start it
      return new UnaryCall(method, transport, { headers, raw }) as unknown as ServerInterceptingCall;
    };
    const longestMs = method ? method.pipeline.longest(method.operation) + graceMs : longestTimeout;
    // grpc-js listens when it handles the stream, which may be reset before
    stream.on('error', ignore);
    turnsOf(stream.session).run(() => {
      if (stream.destroyed) return;
      handle.call(server, [...interceptors, intercept], stream, libraryHeaders(headers, longestMs));
    });
  };
  Reflect.set(server, '_streamHandler', take);
}

const ignore = () => undefined;

const turns = new WeakMap<Http2Session, Turns>();

function turnsOf(session: Http2Session | undefined): Turns {
  const known = session && turns.get(session);
  if (known) return known;
  const made = new Turns(callsPerTurn);
  if (session) turns.set(session, made);
  return made;
}
