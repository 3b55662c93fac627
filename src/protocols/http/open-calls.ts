import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';

const openCalls = Symbol('openCalls');

type WatchedSocket = Socket & { [openCalls]?: Set<CallContext> };

/**
 * Cancels the calls of a connection that its client closes. One listener a connection: one a request would cost more
 * than the request's own headers.
 */
export class OpenCalls {
  constructor(
    server: Server,
    private readonly pipeline: Pipeline,
  ) {
    server.on('connection', (socket: Socket) => this.#watch(socket));
  }

  add(socket: Socket, call: CallContext): void {
    (socket as WatchedSocket)[openCalls]?.add(call);
  }

  remove(socket: Socket, call: CallContext): void {
    (socket as WatchedSocket)[openCalls]?.delete(call);
  }

  #watch(socket: Socket): void {
    const calls = new Set<CallContext>();
    (socket as WatchedSocket)[openCalls] = calls;
    socket.once('close', () => {
      for (const call of calls) this.pipeline.cancel(call);
    });
  }
}
