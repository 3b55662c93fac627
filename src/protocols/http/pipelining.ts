import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { CallSlots } from '../call-slots.js';

type Socket = IncomingMessage['socket'];
type Answer = ServerResponse<IncomingMessage>;

const maxConcurrentRequests = 16;

const connections = new WeakMap<Socket, PipelinedRequests>();

/** Serves pipelined requests in turn: Node would serve two megabytes of them before another connection. */
export function serveInTurn(request: IncomingMessage, answer: Answer, serve: RequestListener): void {
  const { socket } = request;
  let requests = connections.get(socket);
  if (requests === undefined) {
    requests = new PipelinedRequests(socket);
    connections.set(socket, requests);
  }
  requests.run(answer, () => serve(request, answer));
}

class PipelinedRequests {
  readonly #slots = new CallSlots(maxConcurrentRequests);

  constructor(private readonly socket: Socket) {}

  run(answer: Answer, serve: () => void): void {
    const { crowded } = this.#slots;
    const started = this.#slots.run(() => {
      // refused while it waited, because its body did not parse
      if (this.socket.destroyed || answer.headersSent) return;
      answer.once('close', () => this.#slots.release());
      serve();
    });
    if (!started) return;
    if (!crowded) this.#stopReading();
    void started.then(() => this.#readOn());
  }

  #stopReading(): void {
    // Node resumes the connection after each discarded body
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
