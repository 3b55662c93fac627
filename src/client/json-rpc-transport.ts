import { outputOf } from './json-rpc.js';
import type { JsonRpcConnection } from './json-rpc-connection.js';
import type { OutgoingCall, Transport } from './transport.js';

export class JsonRpcTransport<C extends JsonRpcConnection> implements Transport {
  #opening: Promise<C> | undefined;

  constructor(private readonly open: (call: OutgoingCall) => Promise<C>) {}

  async send(call: OutgoingCall): Promise<unknown> {
    const connection = await (this.#opening ?? this.#connect(call));
    return outputOf(call.operation, await connection.request(call));
  }

  async close(): Promise<void> {
    await (await this.take())?.close();
  }

  /** Removes the connection; the next call opens another one. */
  protected async take(): Promise<C | undefined> {
    const opening = this.#opening;
    this.#opening = undefined;
    return opening?.catch(() => undefined);
  }

  #connect(call: OutgoingCall): Promise<C> {
    const opening = this.open(call);
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    opening.then(({ closed }) => closed.then(forget), forget);
    this.#opening = opening;
    return opening;
  }
}
