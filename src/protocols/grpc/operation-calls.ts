import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream, ServerOptions } from 'node:http2';
import type { Server, ServerInterceptingCall, ServerInterceptor } from '@grpc/grpc-js';
import { CallSlots } from '../call-slots.js';
import type { RawHeaders } from '../request-values.js';
import { libraryHeaders, longestTimeout } from './library-headers.js';
import { sendDetailedStatus } from './transport-failures.js';
import { UnaryCall, type UnaryMethod } from './unary-call.js';

const callsPerTurn = 32;

type Handle = (
  interceptors: readonly ServerInterceptor[],
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  raw: RawHeaders,
) => void;

/** grpc-js does not expose these options of HTTP/2. */
const http2Options: ServerOptions = {
  // otherwise headers with surrounding spaces are dropped; HTTP/1.1 trims them
  strictFieldWhitespaceValidation: false,
  // cancelled calls per second: at Node's default of 33, a connection is closed
  streamResetBurst: 1_000,
  streamResetRate: 1_000,
};

/** Milliseconds: the pipeline ends calls first, with a trace id; grpc-js ends requests that never complete. */
const graceMs = 250;

/** Takes operations by path and leaves other methods to grpc-js, which has no hook that sees raw headers. */
export function takeOperationCalls(server: Server, methods: ReadonlyMap<string, UnaryMethod>): void {
  const handle: unknown = Reflect.get(server, '_streamHandler');
  if (typeof handle !== 'function') throw new TypeError('This version of grpc-js takes streams another way');
  Object.assign(Reflect.get(server, 'commonServerOptions') as object, http2Options);
  const take: Handle = (interceptors, stream, headers, _flags, raw) => {
    const method = methods.get(headers[':path'] ?? '');
    const intercept: ServerInterceptor = (_definition, transport) => {
      if (!method) return transport as ServerInterceptingCall;
      transport.sendStatus = sendDetailedStatus;
      // grpc-js calls only its method `start`
      return new UnaryCall(method, transport, stream, { headers, raw }) as unknown as ServerInterceptingCall;
    };
    const longestMs = method ? method.pipeline.longest(method.operation) + graceMs : longestTimeout;
    // grpc-js adds its listener later, and the stream may be reset before
    stream.on('error', ignore);
    const slots = slotsByConnection.getOrInsertComputed(stream.session ?? stream, createSlots);
    slots.run(() => {
      slots.release();
      if (stream.destroyed) return;
      handle.call(server, [...interceptors, intercept], stream, libraryHeaders(headers, longestMs));
    });
  };
  Reflect.set(server, '_streamHandler', take);
}

const ignore = () => undefined;

const slotsByConnection = new WeakMap<Http2Session | ServerHttp2Stream, CallSlots>();

const createSlots = () => new CallSlots(callsPerTurn);
