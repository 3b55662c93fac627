import type { WebSocket } from '@fastify/websocket';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { CallSlots } from '../call-slots.js';
import { errorMember, NotJson, stopping } from '../json-rpc/error-object.js';
import { type ExactId, parseMessage } from '../json-rpc/exact-id.js';
import type { Finish } from '../json-rpc/procedures.js';
import { InvalidRequest, type JsonRpcRequest, readJsonRpcRequest, responseText } from './json-rpc-messages.js';
import type { Peer } from './peer.js';
import type { Session } from './session.js';
import { serviceRestart } from './websocket-server.js';

const maxBatch = 100;

type Reply = (response: string | undefined) => void;

export class Connection {
  readonly #slots: CallSlots;
  #draining = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly peer: Peer,
    private readonly session: Session,
    maxConcurrentCalls: number,
  ) {
    this.#slots = new CallSlots(maxConcurrentCalls, socket);
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary));
  }

  async drain(): Promise<void> {
    this.#draining = true;
    const closed = new Promise<void>((resolve) => {
      this.socket.once('close', () => resolve());
    });
    await Promise.race([this.#slots.idle(), closed]);
    if (this.peer.isOpen) {
      this.socket.resume();
      this.socket.close(serviceRestart, 'The server restarts');
    }
    await closed;
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (!this.peer.isOpen) return;
    const message = isBinary ? undefined : parseMessage(data.toString(), 'id');
    if (Array.isArray(message)) this.#batch(message);
    else if (message !== undefined) this.#one(message, this.#send);
    else this.#refuse(isBinary ? new MalformedRequest({ detail: 'Only text frames are taken' }) : new NotJson());
  }

  #refuse(failure: Failure): void {
    if (this.#admit(null, this.#send)) this.#fail(null, failure, this.#send);
  }

  #batch(messages: readonly unknown[]): void {
    if (messages.length === 0 || messages.length > maxBatch) {
      this.#refuse(new MalformedRequest({ detail: `A batch holds 1 to ${maxBatch} requests` }));
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
    const finish: Finish = (member) => {
      reply(request.id === undefined ? undefined : responseText(request.id, member));
      this.#slots.release();
    };
    this.#slots.run(() => {
      if (this.peer.isOpen) this.session.execute(request, finish);
      else this.#slots.release();
    });
  }

  #admit(id: ExactId | undefined, reply: Reply): boolean {
    return this.peer.admit((failure) => this.#fail(id, failure, reply));
  }

  #fail(id: ExactId | undefined, failure: Failure, reply: Reply): void {
    reply(id === undefined ? undefined : responseText(id, errorMember(failure)));
  }

  readonly #send: Reply = (response) => {
    if (response !== undefined) this.peer.send(response);
  };
}
