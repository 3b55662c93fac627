import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import { identityOf } from './inbound.js';
import { toProblem } from './problem.js';

interface Answer {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

function answer(status: number, { headers }: Pick<IncomingMessage, 'headers'>, detail?: string): Answer {
  const { requestId, trace } = identityOf({ headers });
  const failure = new MalformedRequest(detail === undefined ? {} : { detail });
  const body = JSON.stringify({ ...toProblem(failure, trace.traceId), status });
  return {
    headers: {
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      'x-request-id': requestId,
      connection: 'close',
    },
    body,
  };
}

/** What is not even HTTP, or too slow to become it. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const { headers, body } = answer(Number(status.slice(0, 3)), { headers: {} });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`${[`HTTP/1.1 ${status}`, ...lines].join('\r\n')}\r\n\r\n${body}`);
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, detail: string): void {
  const { headers, body } = answer(status, request, detail);
  response.writeHead(status, headers).end(body);
}

const lacksHost = ({ headers, httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean =>
  headers.host === undefined && httpVersionMajor === 1 && httpVersionMinor === 1;

/**
 * Requests that Node would refuse by itself, without a body, are refused here. Around the listener that Fastify has set:
 * a hook would cost every request. The server is one of `requireHostHeader: false`.
 */
export function refuseInPlaceOfNode(server: Server): void {
  const [serve] = server.listeners('request') as RequestListener[];
  if (!serve) throw new Error('the server has no listener yet');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (lacksHost(request)) refuse(request, response, 400, 'A request of HTTP/1.1 has a header Host');
    else serve(request, response);
  });
  server.on('checkExpectation', (request, response) => {
    refuse(request, response, 417, 'The only expectation is 100-continue');
  });
}
