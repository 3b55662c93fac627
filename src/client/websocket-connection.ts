import { WebSocket } from 'ws';
import { PayloadTooLarge, ServiceUnavailable } from '../contract/built-in-failures.js';
import { parseJson } from '../contract/parse-json.js';
import { callFields, type JsonRpcReply, paramsOf } from './json-rpc.js';
import { PendingCalls } from './pending-calls.js';
import type { OutgoingCall } from './transport.js';

const subprotocol = 'jsonrpc.mstv.v1';
const messageTooBig = 1009;
const protocolError = 1002;
const closeTimeoutMs = 2_000;

interface Message extends JsonRpcReply {
  readonly id: string | number | null;
}

export class WebSocketConnection {
  readonly #pending = new PendingCalls<JsonRpcReply>();
  readonly #closed = Promise.withResolvers<void>();
  #id = 0;
  #retired = false;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.#receive(String(data)));
    socket.once('close', (code) => this.#lost(code));
  }

  static open(url: string, authorization: string | undefined): Promise<WebSocketConnection> {
    const headers = authorization === undefined ? {} : { authorization };
    const socket = new WebSocket(url, subprotocol, { headers, perMessageDeflate: false });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new WebSocketConnection(socket)));
      socket.on('error', (cause) => reject(new ServiceUnavailable({ detail: `${url} does not answer`, cause })));
    });
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async request(call: OutgoingCall): Promise<JsonRpcReply> {
    if (this.socket.readyState !== WebSocket.OPEN) throw lost();
    this.#id += 1;
    const id = String(this.#id);
    const params = { ...paramsOf(call), _meta: callFields(call) };
    const message = JSON.stringify({ jsonrpc: '2.0', id, method: call.operation.wire.websocket, params });
    const reply = this.#pending.wait(id, message.length, call.signal);
    this.socket.send(message);
    return reply;
  }

  /** Closes as soon as no reply is pending. */
  retire(): void {
    this.#retired = true;
    if (this.#pending.size === 0) this.socket.close();
  }

  close(): Promise<void> {
    this.socket.close();
    setTimeout(() => this.socket.terminate(), closeTimeoutMs).unref();
    return this.closed;
  }

  #receive(text: string): void {
    const message = parse(text);
    if (message) this.#pending.resolve(String(message.id), message);
    else this.socket.close(protocolError);
    if (this.#retired) this.retire();
  }

  #lost(code: number): void {
    const { largest } = this.#pending;
    if (code === messageTooBig && largest !== undefined) this.#pending.reject(largest, new PayloadTooLarge());
    this.#pending.rejectAll(lost());
    this.#closed.resolve();
  }
}

const lost = () => new ServiceUnavailable({ detail: 'The connection was lost before the reply' });

function parse(text: string): Message | undefined {
  try {
    const message = parseJson(text);
    return typeof message === 'object' && message !== null ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}
