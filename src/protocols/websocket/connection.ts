import type { Duplex } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import { MalformedRequest, ServiceUnavailable } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { CallSlots } from '../call-slots.js';
import { errorObject, NotJson } from '../json-rpc/error-object.js';
import { type ExactId, parseMessage } from '../json-rpc/exact-id.js';
import { InvalidRequest, type JsonRpcRequest, readJsonRpcRequest } from './json-rpc-request.js';
import type { PeerLimit } from './peer-limit.js';
import { errorText } from './responses.js';
import { type Handshake, type JsonRpcService, type Reply, Session } from './session.js';
import { serviceRestart } from './websocket-server.js';

export interface ConnectionSettings {
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
  readonly limit: PeerLimit;
}

/** One peer. */
export class Connection {
  readonly #session: Session;
  readonly #slots: CallSlots;
  #alive = true;
  #corked = false;
  #draining = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly peer: Peer,
    service: JsonRpcService,
    private readonly settings: ConnectionSettings,
  ) {
    this.#session = new Session(peer.handshake, service);
    this.#slots = new CallSlots(settings.maxConcurrentCalls);
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
    if (this.#isOpen) {
      this.socket.resume();
      this.socket.close(serviceRestart, 'The server restarts');
    }
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
    return this.peer.limit.admit((failure) => this.#fail(id, failure, reply));
  }

  #fail(id: ExactId | undefined, failure: Failure, reply: Reply): void {
    reply(id === undefined ? undefined : errorText(id, errorObject(failure)));
  }

  readonly #send: Reply = (response) => {
    if (response === undefined || !this.#isOpen) return;
    this.#cork();
    this.socket.send(response);
    this.peer.limit.checkUnread(this.settings.maxBufferedBytes);
  };

  /** Calls that came in one chunk end in one turn of the microtask queue: their answers leave in one system call. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.peer.wire.cork();
    queueMicrotask(() => {
      this.#corked = false;
      this.peer.wire.uncork();
    });
  }
}

const stopping = () => new ServiceUnavailable({ detail: 'This process is stopping', retryAfterSeconds: 1 });
