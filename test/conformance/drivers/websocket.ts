import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { breakText } from './broken-text.js';
import type { Answer, Call } from './driver.js';
import { JsonRpcDriver } from './json-rpc.js';
import { callFields, jsonRpcAnswer, type Reply } from './json-rpc-answers.js';
import { toSnake } from './names.js';

interface Message extends Reply {
  readonly jsonrpc: string;
  readonly id: number | null;
}

/** A WebSocket that is open. */
export interface TextSocket {
  readonly protocol: string;
  /** With its code. */
  readonly closed: Promise<number>;
  /** Bytes are those of a text frame. */
  send(text: string | Buffer): void;
  close(): void;
}

export type OpenSocket = (
  url: string,
  subprotocols: readonly string[],
  receive: (text: string) => void,
) => Promise<TextSocket>;

/** JSON-RPC 2.0: a connection for every token, offered as a subprotocol. */
export class WebSocketDriver extends JsonRpcDriver {
  readonly #url: string;
  readonly #sockets = new Map<string | undefined, Promise<TextSocket>>();
  readonly #waiting = new Map<number | null, (message: Message) => void>();
  #id = 0;

  constructor(
    base: string,
    private readonly openSocket: OpenSocket,
  ) {
    super();
    this.#url = `${base.replace(/^http/, 'ws')}/ws`;
  }

  override async expectMalformed(call: Call): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(null, resolve);
    (await this.#socket(call.token)).send('{"jsonrpc":');
    expect(await promise).toMatchObject({ id: null, error: { code: -32700, data: { code: 'MALFORMED_REQUEST' } } });
  }

  /** The protocol itself asks for this. */
  override async expectBrokenText({ operation, input, token }: Call): Promise<void> {
    const socket = await this.#open(token);
    const message = { jsonrpc: '2.0', id: 1, method: operation.wire.websocket, params: toSnake(input) };
    socket.send(breakText(JSON.stringify(message)));
    expect(await socket.closed).toBe(1007);
  }

  override async expectOversized(): Promise<void> {
    const socket = await this.#open(undefined);
    socket.send('x'.repeat(65_537));
    expect(await socket.closed).toBe(1009);
  }

  override async close(): Promise<void> {
    for (const opening of this.#sockets.values()) {
      const socket = await opening;
      socket.close();
      await socket.closed;
    }
  }

  protected override async answer(call: Call, params: object): Promise<Answer> {
    const socket = await this.#socket(call.token);
    this.#id += 1;
    const id = this.#id;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(id, resolve);
    const { websocket: method } = call.operation.wire;
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: callFields(call) } }));
    const message = await promise;
    expect(message.jsonrpc).toBe('2.0');
    return jsonRpcAnswer(call, message);
  }

  #socket(token: string | undefined): Promise<TextSocket> {
    const known = this.#sockets.get(token);
    if (known) return known;
    const opening = this.#open(token);
    this.#sockets.set(token, opening);
    return opening;
  }

  async #open(token: string | undefined): Promise<TextSocket> {
    const subprotocols = ['jsonrpc.mstv.v1', ...(token === undefined ? [] : [`bearer.${token}`])];
    const socket = await this.openSocket(this.#url, subprotocols, (text) => this.#receive(text));
    expect(socket.protocol).toBe('jsonrpc.mstv.v1');
    return socket;
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as Message;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }
}

/** With ws. */
export const openWs: OpenSocket = async (url, subprotocols, receive) => {
  const socket = new WebSocket(url, [...subprotocols]);
  socket.on('message', (data) => receive(String(data)));
  await once(socket, 'open');
  return {
    protocol: socket.protocol,
    closed: once(socket, 'close').then(([code]) => code as number),
    send: (text) => socket.send(text, { binary: false }),
    close: () => socket.close(),
  };
};
