import { once } from 'node:events';
import WebSocket, { type ClientOptions } from 'ws';

export interface JsonRpcResponse {
  readonly jsonrpc: string;
  readonly id: string | number | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data: Record<string, unknown> };
}

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client written down to the frames, for what a well-behaved one would never send. */
export class JsonRpcClient {
  readonly #unread: unknown[] = [];
  readonly #readers: ((message: unknown) => void)[] = [];
  readonly closed: Promise<Closed>;
  #id = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString())));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(
    url: string,
    { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {},
  ): Promise<JsonRpcClient> {
    const socket = new WebSocket(url, protocols, options);
    const client = new JsonRpcClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** The next message, whatever it answers. */
  read(): Promise<unknown> {
    if (this.#unread.length > 0) return Promise.resolve(this.#unread.shift());
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Sends one message, reads one. */
  async exchange<T = JsonRpcResponse>(message: unknown): Promise<T> {
    this.send(message);
    return (await this.read()) as T;
  }

  call(method: string, params?: unknown): Promise<JsonRpcResponse> {
    this.#id += 1;
    return this.exchange({ jsonrpc: '2.0', id: this.#id, method, params });
  }

  notify(method: string, params?: unknown): void {
    this.send({ jsonrpc: '2.0', method, params });
  }

  #take(message: unknown): void {
    const reader = this.#readers.shift();
    if (reader) reader(message);
    else this.#unread.push(message);
  }
}
