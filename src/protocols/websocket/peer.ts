import type { Duplex } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import type { RateLimited } from '../../contract/built-in-failures.js';
import { MessageRate, type Rate } from '../message-rate.js';

export interface PeerLimits {
  /** Of the messages of one connection, each request of a batch counted; read when it opens. No limit when absent. */
  readonly messageRate?: (() => Rate | undefined) | undefined;
  /** Bytes of answers that the peer has not read. */
  readonly maxBufferedBytes?: number;
}

const defaultBufferedBytes = 4 * 1024 * 1024;
const policyViolation = 1008;
const tryAgainLater = 1013;

/** The other end of a WebSocket, cut off when it sends too much, pings and pongs included, reads too little or is silent. */
export class Peer {
  readonly #rate: MessageRate;
  readonly #maxBufferedBytes: number;
  #isAlive = true;
  #isCorked = false;

  /** `wire`: what the frames of `socket` travel on. */
  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Duplex,
    { messageRate, maxBufferedBytes = defaultBufferedBytes }: PeerLimits,
  ) {
    this.#rate = new MessageRate(messageRate?.());
    this.#maxBufferedBytes = maxBufferedBytes;
    // once it is cut off, ws still goes through what was read: ten thousand pongs
    for (const frame of ['ping', 'pong']) socket.on(frame, () => this.isOpen && this.admit());
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** For every message that comes. Takes one from the quota, or refuses the message. */
  admit(refuse?: (failure: RateLimited) => void): boolean {
    this.#isAlive = true;
    if (this.#rate.admit()) return true;
    const { refusal } = this;
    if (refusal) refuse?.(refusal);
    if (this.#rate.isAbused) this.#cutOff(policyViolation, 'Too many messages');
    return false;
  }

  get refusal(): RateLimited | undefined {
    return this.#rate.refusal;
  }

  /** Pings a peer, or drops it when it has sent nothing since the last ping. One that is not read cannot answer. */
  beat(): void {
    if (!this.#isAlive && !this.socket.isPaused) {
      this.socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.socket.ping();
  }

  /** Nothing is sent to a peer that is gone. `done` is called in either case. */
  send(text: string, done?: () => void): void {
    if (!this.isOpen) {
      done?.();
      return;
    }
    this.#cork();
    this.socket.send(text, done);
    if (this.socket.bufferedAmount > this.#maxBufferedBytes) this.#cutOff(tryAgainLater, 'Answers are not read');
  }

  /** The answers of one turn of the microtask queue leave in one system call. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.wire.cork();
    queueMicrotask(() => {
      this.#isCorked = false;
      this.wire.uncork();
    });
  }

  /** Nothing more is read; the peer has the time of `closeTimeout` to take the reason. */
  #cutOff(code: number, reason: string): void {
    this.socket.close(code, reason);
    this.socket.pause();
    this.wire.end();
  }
}
