import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { Person, Somebody } from './callers.js';
import type { Step } from './steady-load.js';
import { clientTimeoutMs } from './topology.js';

const serviceRestart = 1012;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Keeps one connection until an answer on it says that it is the last one, or the server closes it: then the next server. Repeats nothing. */
export class MovingHttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #at = 0;
  #socket: Socket | undefined;

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
  ) {}

  async send(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, ...(body && { 'content-type': 'application/json' }) };
    const signal = AbortSignal.timeout(clientTimeoutMs);
    const sent = request(`${this.urls[this.#at % this.urls.length]}${path}`, {
      method,
      headers,
      signal,
      agent: this.#agent,
    });
    sent.once('socket', (socket) => this.#use(socket));
    sent.end(body && JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    if (answer.headers.connection === 'close') this.#leave(this.#socket);
    const content = await text(answer);
    return { status: answer.statusCode ?? 0, body: content === '' ? undefined : JSON.parse(content) };
  }

  close(): void {
    this.#agent.destroy();
  }

  #use(socket: Socket): void {
    if (this.#socket === socket) return;
    this.#socket = socket;
    socket.once('close', () => this.#leave(socket));
  }

  #leave(socket: Socket | undefined): void {
    if (!socket || this.#socket !== socket) return;
    this.#socket = undefined;
    this.#at++;
  }
}

/** Goes to the next server when the connection is closed for a restart, and asks there what was not answered. */
export class MovingWebSocketClient {
  #socket: WebSocket | undefined;
  #at = 0;
  #id = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
  ) {}

  async send(method: string, params: object): Promise<unknown> {
    const id = ++this.#id;
    for (;;) {
      const socket = await this.#connected();
      const answer = await answerOf(socket, { jsonrpc: '2.0', id, method, params });
      if (answer !== undefined) return answer;
    }
  }

  close(): void {
    this.#socket?.terminate();
  }

  async #connected(): Promise<WebSocket> {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket;
    if (this.#socket?.readyState === WebSocket.CLOSING) await once(this.#socket, 'close');
    const url = this.urls[this.#at % this.urls.length] ?? '';
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    socket.on('error', () => undefined);
    socket.once('close', () => this.#at++);
    await once(socket, 'open', { signal: AbortSignal.timeout(clientTimeoutMs) });
    this.#socket = socket;
    return socket;
  }
}

/** Undefined when the server said that it restarts in place of an answer. */
function answerOf(socket: WebSocket, message: object): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const timer = setTimeout(() => reject(new Error('no answer')), clientTimeoutMs);
  const onMessage = (data: unknown) => resolve(JSON.parse(String(data)));
  const onClose = (code: number) =>
    code === serviceRestart ? resolve(undefined) : reject(new Error(`closed with ${code}`));
  socket.once('message', onMessage);
  socket.once('close', onClose);
  socket.send(JSON.stringify(message));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.off('message', onMessage);
    socket.off('close', onClose);
  });
}

/** Somebody who asks over REST and GraphQL. */
export function httpSteps(client: MovingHttpClient, person: Person): readonly Step[] {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await client.send(method, path, body);
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  };
  return [
    person.asks('GET /users/me', () => ask('GET', '/users/me')),
    person.renamesBy('PATCH /users/:id', (name) => ask('PATCH', `/users/${person.id}`, { name })),
    person.asks('query { me }', async () => {
      const query = '{ me { id name } }';
      return (await ask<{ data: { me: Somebody } }>('POST', '/graphql', { query })).data.me;
    }),
  ];
}

/** Somebody who asks over WebSocket. */
export function webSocketSteps(client: MovingWebSocketClient, person: Person): readonly Step[] {
  const ask = async (method: string, params: object): Promise<Somebody> => {
    const { result, error } = (await client.send(method, params)) as { result?: Somebody; error?: object };
    if (!result) throw new Error(JSON.stringify(error));
    return result;
  };
  return [
    person.asks('users.getMe', () => ask('users.getMe', {})),
    person.renamesBy('users.updateUser', (name) => ask('users.updateUser', { id: person.id, name })),
  ];
}
