import { outputOf } from './json-rpc.js';
import { LazyConnection } from './lazy-connection.js';
import type { OutgoingCall, Transport } from './transport.js';
import { WebSocketConnection } from './websocket-connection.js';

/** A connection has one identity: a new token opens a new connection. */
export class WebSocketTransport implements Transport {
  readonly #url: string;
  readonly #connection = new LazyConnection<WebSocketConnection>();
  #authorization: string | undefined;

  /** `http` means `ws`, `https` `wss`. */
  constructor(url: string) {
    const address = new URL(url.replace(/^http/, 'ws'));
    if (address.pathname === '/') address.pathname = '/ws';
    this.#url = address.href;
  }

  async send(call: OutgoingCall): Promise<unknown> {
    const { authorization, operation } = call;
    if (this.#authorization !== authorization) {
      void this.#connection.take().then((former) => former?.retire());
      this.#authorization = authorization;
    }
    const connection = await this.#connection.get(() => WebSocketConnection.open(this.#url, authorization));
    return outputOf(operation, await connection.request(call));
  }

  async close(): Promise<void> {
    await (await this.#connection.take())?.close();
  }
}
