import { WebSocket } from 'ws';
import { PayloadTooLarge, ServiceUnavailable } from '../contract/built-in-failures.js';
import { callFields, type JsonRpcReply, paramsOf } from './json-rpc.js';
import { JsonRpcConnection } from './json-rpc-connection.js';
import { JsonRpcTransport } from './json-rpc-transport.js';
import { type OutgoingCall, parseObject } from './transport.js';

const subprotocol = 'jsonrpc.mstv.v1';
const messageTooBig = 1009;
const protocolError = 1002;
const closeTimeoutMs = 2_000;

/** A connection has one identity: a new token opens a new connection. */
export class WebSocketTransport extends JsonRpcTransport<WebSocketConnection> {
  #authorization: string | undefined;

  constructor(url: string) {
    const address = new URL(url.replace(/^http/, 'ws'));
    if (address.pathname === '/') address.pathname = '/ws';
    super(({ authorization }) => WebSocketConnection.open(address.href, authorization));
  }

  override send(call: OutgoingCall): Promise<unknown> {
    if (this.#authorization !== call.authorization) {
      void this.take().then((former) => former?.retire());
      this.#authorization = call.authorization;
    }
    return super.send(call);
  }
}

class WebSocketConnection extends JsonRpcConnection {
  #retired = false;

  private constructor(private readonly socket: WebSocket) {
    super();
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

  override async request(call: OutgoingCall): Promise<JsonRpcReply> {
    if (this.socket.readyState !== WebSocket.OPEN) throw lost();
    const id = this.nextId();
    const params = { ...paramsOf(call), _meta: callFields(call) };
    const message = JSON.stringify({ jsonrpc: '2.0', id, method: call.operation.wire.websocket, params });
    const reply = this.reply(id, message.length, call.signal);
    this.socket.send(message);
    return reply;
  }

  /** Closes as soon as no reply is pending. */
  retire(): void {
    this.#retired = true;
    if (this.isIdle) this.socket.close();
  }

  override close(): Promise<void> {
    this.socket.close();
    setTimeout(() => this.socket.terminate(), closeTimeoutMs).unref();
    return this.closed;
  }

  #receive(text: string): void {
    const reply: JsonRpcReply | undefined = parseObject(text);
    if (reply) this.resolve(String(reply.id), reply);
    else this.socket.close(protocolError);
    if (this.#retired) this.retire();
  }

  #lost(code: number): void {
    if (code === messageTooBig) this.rejectLargest(new PayloadTooLarge());
    this.end(lost());
  }
}

const lost = () => new ServiceUnavailable({ detail: 'The connection was lost before the reply' });
