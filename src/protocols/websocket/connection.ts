import type { Duplex } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import { MalformedRequest, RateLimited, ServiceUnavailable } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { CallSlots } from '../json-rpc/call-slots.js';
import { errorObject, NotJson } from '../json-rpc/error-object.js';
import { type ExactId, parseMessage } from '../json-rpc/exact-id.js';
import { InvalidRequest, type JsonRpcRequest, readJsonRpcRequest } from './json-rpc-request.js';
import { MessageRate, type Rate } from './message-rate.js';
import { errorText } from './responses.js';
import { type Handshake, type JsonRpcService, type Reply, Session } from './session.js';
import { serviceRestart } from './websocket-server.js';

export interface ConnectionSettings {
  /** Of requests on one connection, those of a batch counted each; asked when it opens. No limit when absent. */
  readonly messageRate?: (() => Rate | undefined) | undefined;
  /** Requests in one batch. */
  readonly maxBatch: number;
  /** Calls of one connection that run at once; further ones wait unread. */
  readonly maxConcurrentCalls: number;
  /** Bytes of answers that the peer has not read. */
  readonly maxBufferedBytes: number;
}

interface Peer {
  readonly handshake: Handshake;
  /** What the frames travel on. */
  readonly wire: Duplex;
}

const policyViolation = 1008;
const tryAgainLater = 1013;

/** One peer. */
export class Connection {
  readonly #session: Session;
  readonly #slots: CallSlots;
  readonly #rate: MessageRate | undefined;
  readonly #wire: Duplex;
  #alive = true;
  #corked = false;
  #draining = false;

  constructor(
    private readonly socket: WebSocket,
    { handshake, wire }: Peer,
    service: JsonRpcService,
    private readonly settings: ConnectionSettings,
  ) {
    this.#wire = wire;
    this.#session = new Session(handshake, service);
    this.#slots = new CallSlots(settings.maxConcurrentCalls);
    const rate = settings.messageRate?.();
    this.#rate = rate && new MessageRate(rate);
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.once('close', () => this.#session.cancel());
  }

  /** Drops a peer that was silent since the last beat. One whose calls fill the slots is not read, so not judged. */
  beat(): void {
    if (!this.#alive && !this.socket.isPaused) {
      this.socket.terminate();
      return;
    }
    this.#alive = false;
    this.socket.ping();
  }

  /** Answers what is running, refuses the rest, then closes. */
  async drain(): Promise<void> {
    this.#draining = true;
    const closed = new Promise<void>((resolve) => {
      this.socket.once('close', () => resolve());
    });
    await Promise.race([this.#slots.idle(), closed]);
    this.#close(serviceRestart, 'The server restarts');
    await closed;
  }

  get #isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#alive = true;
    if (!this.#isOpen) return;
    const message = isBinary ? undefined : parseMessage(data.toString(), 'id');
    if (Array.isArray(message)) this.#batch(message);
    else if (message !== undefined) this.#one(message, this.#send);
    else this.#refuse(isBinary);
  }

  #refuse(isBinary: boolean): void {
    if (!this.#admit(null, this.#send)) return;
    const fault = isBinary ? new MalformedRequest({ detail: 'Only text frames are taken' }) : new NotJson();
    this.#fail(null, fault, this.#send);
  }

  #batch(messages: readonly unknown[]): void {
    const { maxBatch } = this.settings;
    if (messages.length === 0 || messages.length > maxBatch) {
      const detail = `A batch holds 1 to ${maxBatch} requests`;
      if (this.#admit(null, this.#send)) this.#fail(null, new MalformedRequest({ detail }), this.#send);
      return;
    }
    const responses: string[] = [];
    let left = messages.length;
    const collect: Reply = (response) => {
      if (response !== undefined) responses.push(response);
      if (--left === 0) this.#send(responses.length > 0 ? `[${responses.join(',')}]` : undefined);
    };
    for (const message of messages) this.#one(message, collect);
  }

  #one(message: unknown, reply: Reply): void {
    const request = readJsonRpcRequest(message);
    const { id } = request;
    if (!this.#admit(id, reply)) return;
    if (request instanceof InvalidRequest) this.#fail(request.id, request.failure, reply);
    else if (this.#draining) this.#fail(id, stopping(), reply);
    else this.#run(request, reply);
  }

  #run(request: JsonRpcRequest, reply: Reply): void {
    const finish: Reply = (response) => {
      reply(response);
      this.#slots.release();
    };
    const started = this.#slots.run(() => {
      if (this.#isOpen) this.#session.execute(request, finish);
      else finish(undefined);
    });
    if (!started) return;
    this.socket.pause();
    void started.then(() => {
      if (!this.#slots.crowded) this.socket.resume();
    });
  }

  /** Takes one from the quota of messages, or answers that it is used up. */
  #admit(id: ExactId | undefined, reply: Reply): boolean {
    const rate = this.#rate;
    if (!rate || rate.admit()) return true;
    this.#fail(id, new RateLimited({ retryAfterSeconds: rate.retryAfterSeconds }), reply);
    if (rate.abused) this.#close(policyViolation, 'Too many messages');
    return false;
  }

  #fail(id: ExactId | undefined, failure: Failure, reply: Reply): void {
    reply(id === undefined ? undefined : errorText(id, errorObject(failure)));
  }

  readonly #send: Reply = (response) => {
    if (response === undefined || !this.#isOpen) return;
    this.#cork();
    this.socket.send(response);
    if (this.socket.bufferedAmount > this.settings.maxBufferedBytes) this.#close(tryAgainLater, 'Answers are not read');
  };

  /** Calls that came in one chunk end in one turn of the microtask queue: their answers leave in one system call. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#wire.cork();
    queueMicrotask(() => {
      this.#corked = false;
      this.#wire.uncork();
    });
  }

  #close(code: number, reason: string): void {
    this.socket.resume();
    this.socket.close(code, reason);
  }
}

const stopping = () => new ServiceUnavailable({ detail: 'This process is stopping', retryAfterSeconds: 1 });
