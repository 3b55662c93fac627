import { outputOf } from './json-rpc.js';
import type { OutgoingCall, Transport } from './transport.js';
import { WebSocketConnection } from './websocket-connection.js';

/** JSON-RPC 2.0 over WebSocket. A connection has one identity: with another token there is another connection. */
export class WebSocketTransport implements Transport {
  readonly #url: string;
  #opening: Promise<WebSocketConnection> | undefined;
  #authorization: string | undefined;

  /** `ws://127.0.0.1:3000`: the path is `/ws` unless it has another; `http` means `ws`. */
  constructor(url: string) {
    const address = new URL(url.replace(/^http/, 'ws'));
    if (address.pathname === '/') address.pathname = '/ws';
    this.#url = address.href;
  }

  async send(call: OutgoingCall): Promise<unknown> {
    const connection = await this.#connection(call.authorization);
    return outputOf(call.operation, await connection.request(call));
  }

  async close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    await connection?.close();
  }

  #connection(authorization: string | undefined): Promise<WebSocketConnection> {
    if (this.#opening && this.#authorization === authorization) return this.#opening;
    this.#opening?.then(
      (former) => former.retire(),
      () => undefined,
    );
    const opening = WebSocketConnection.open(this.#url, authorization);
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    opening.then(({ closed }) => closed.then(forget), forget);
    this.#authorization = authorization;
    this.#opening = opening;
    return opening;
  }
}
