import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  MalformedRequest,
  MethodNotAllowed,
  PayloadTooLarge,
  RequestTimeout,
} from '../../contract/built-in-failures.js';
import { serveInTurn } from './pipelining.js';
import { PlainAnswer, type Refusal } from './plain-answer.js';
import { requestRefusal } from './request-refusal.js';
import { closeInStages, discardRest, hasBody, ignoreInput } from './unread-input.js';

type Answer = ServerResponse<IncomingMessage>;

/** Latest answer by connection; sent after all earlier ones. */
const latest = new WeakMap<Socket, Answer>();
const broken = new WeakSet<Socket>();

const byErrorCode: Readonly<Record<string, () => Refusal>> = {
  HPE_HEADER_OVERFLOW: () => ({ failure: new MalformedRequest(), status: 431 }),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () => ({ failure: new PayloadTooLarge() }),
  ERR_HTTP_REQUEST_TIMEOUT: () => ({ failure: new RequestTimeout() }),
};

const unparsed = (): Refusal => ({ failure: new MalformedRequest() });

const isAnswered = (socket: Socket): boolean => latest.get(socket)?.closed ?? true;

function afterAnswers(socket: Socket, call: () => void): void {
  if (isAnswered(socket)) call();
  else latest.get(socket)?.once('close', call);
}

/** For unparsable bytes and slow requests. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (broken.has(socket)) return;
  broken.add(socket);
  ignoreInput(socket);
  const plain = new PlainAnswer((byErrorCode[error.code ?? ''] ?? unparsed)());
  const answer = latest.get(socket);
  if (answer === undefined || answer.req.complete) afterAnswers(socket, () => closeInStages(socket, `${plain}`));
  // the bytes belong to the request that is being answered
  else if (answer.headersSent) afterAnswers(socket, () => closeInStages(socket));
  else plain.send(answer);
}

function refuseTunnel(request: IncomingMessage): void {
  const { socket } = request;
  const plain = new PlainAnswer({ failure: new MethodNotAllowed(), headers: { allow: '' } }, request);
  // Node has removed its own listener
  socket.on('error', () => socket.destroy());
  ignoreInput(socket);
  afterAnswers(socket, () => closeInStages(socket, `${plain}`));
}

/** Other upgrades (Java's HttpClient, `curl --http2`) are answered without one (RFC 9110, 7.8). */
export function mayUpgrade(this: Server, request: IncomingMessage): boolean {
  const { method, headers, httpVersion, socket } = request;
  if (headers.upgrade?.toLowerCase() !== 'websocket' || this.listenerCount('upgrade') === 0) return false;
  const isHandshake = method === 'GET' && httpVersion === '1.1' && requestRefusal(request) === undefined;
  return isHandshake && isAnswered(socket);
}

function begin(request: IncomingMessage, answer: Answer): void {
  latest.set(request.socket, answer);
  if (hasBody(request)) answer.prependOnceListener('finish', discardRest);
}

export interface RefusalOptions {
  readonly bodyBytes: number;
  /** Milliseconds until a client that reads no answers loses its connection. */
  readonly unreadMs: number;
}

/** Without this Node answers without a body, out of order, or not at all. A Fastify hook would cost every request. */
export function refuseInPlaceOfNode(server: Server, { bodyBytes, unreadMs }: RefusalOptions): void {
  const [handle] = server.listeners('request') as RequestListener[];
  if (!handle) throw new Error('the server has no listener yet');
  const serve: RequestListener = (request, answer) => {
    const isAlone = isAnswered(request.socket);
    begin(request, answer);
    const refusal = requestRefusal(request);
    if (refusal) new PlainAnswer(refusal, request).send(answer);
    else if (isAlone) handle(request, answer);
    else serveInTurn(request, answer, handle);
  };
  server.removeAllListeners('request');
  server.on('request', serve);
  server.on('checkContinue', (request, answer) => {
    // do not invite a body that will be refused
    if (!(Number(request.headers['content-length']) > bodyBytes)) answer.writeContinue();
    serve(request, answer);
  });
  server.on('checkExpectation', (request, answer) => {
    begin(request, answer);
    const failure = new MalformedRequest({ detail: 'The only expectation is 100-continue' });
    new PlainAnswer({ failure, status: 417 }, request).send(answer);
  });
  server.on('connect', refuseTunnel);
  server.setTimeout(unreadMs, (socket) => {
    // a longer call is running
    if (socket.writableLength > 0 || isAnswered(socket)) socket.destroy();
  });
}
