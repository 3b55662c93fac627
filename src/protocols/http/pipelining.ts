import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { CallSlots } from '../call-slots.js';

type Socket = IncomingMessage['socket'];

const maxConcurrentRequests = 16;

const slotsBySocket = new WeakMap<Socket, CallSlots>();

/** Serves pipelined requests in turn: Node would serve two megabytes of them before another connection. */
export function serveInTurn(
  request: IncomingMessage,
  answer: ServerResponse<IncomingMessage>,
  serve: RequestListener,
): void {
  const { socket } = request;
  const slots = slotsBySocket.getOrInsertComputed(socket, slotsOf);
  slots.run(() => {
    // refused while it waited, because its body did not parse
    if (socket.destroyed || answer.headersSent) return;
    answer.once('close', () => slots.release());
    serve(request, answer);
  });
}

function slotsOf(socket: Socket): CallSlots {
  const pause = () => socket.pause();
  return new CallSlots(maxConcurrentRequests, {
    // Node resumes the connection after each discarded body
    pause: () => socket.on('resume', pause).pause(),
    resume: () => socket.off('resume', pause).resume(),
  });
}
