import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { CallSlots } from '../call-slots.js';

type Socket = IncomingMessage['socket'];

/** Requests of one connection under way at once. */
const maxConcurrentRequests = 16;

const connections = new WeakMap<Socket, PipelinedRequests>();

/**
 * A connection that sends requests without waiting for answers is read no further while too many of them are under way:
 * Node would read and serve two megabytes of them before it looks at another connection. Around the listener of the server.
 */
export function limitPipelining(server: Server): void {
  const [serve] = server.listeners('request') as RequestListener[];
  if (!serve) throw new Error('the server has no listener yet');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const { socket } = request;
    let requests = connections.get(socket);
    if (requests === undefined) {
      requests = new PipelinedRequests(socket);
      connections.set(socket, requests);
    }
    requests.run(response, () => serve(request, response));
  });
}

class PipelinedRequests {
  readonly #slots = new CallSlots(maxConcurrentRequests);

  constructor(private readonly socket: Socket) {}

  run(response: ServerResponse, serve: () => void): void {
    const { crowded } = this.#slots;
    const started = this.#slots.run(() => {
      if (this.socket.destroyed) return;
      response.once('close', () => this.#slots.release());
      serve();
    });
    if (!started) return;
    if (!crowded) this.#stopReading();
    void started.then(() => this.#readOn());
  }

  #stopReading(): void {
    // Node resumes the connection after each request whose body it throws away
    this.socket.on('resume', this.#pause);
    this.socket.pause();
  }

  #readOn(): void {
    if (this.#slots.crowded) return;
    this.socket.off('resume', this.#pause);
    this.socket.resume();
  }

  readonly #pause = (): void => {
    this.socket.pause();
  };
}
