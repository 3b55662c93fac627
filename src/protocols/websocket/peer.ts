import type { Duplex } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import type { RateLimited } from '../../contract/built-in-failures.js';
import { MessageRate, type PeerLimits } from '../message-rate.js';

const defaultBufferedBytes = 4 * 1024 * 1024;
const policyViolation = 1008;
const tryAgainLater = 1013;

/** Disconnects a client that sends too much (pings included), reads too little or is silent. */
export class Peer {
  readonly #rate: MessageRate;
  readonly #maxBufferedBytes: number;
  #isAlive = true;
  #isCorked = false;

  /** `wire`: the socket under the frames. */
  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Duplex,
    { messageRate, maxBufferedBytes = defaultBufferedBytes }: PeerLimits,
  ) {
    this.#rate = new MessageRate(messageRate?.());
    this.#maxBufferedBytes = maxBufferedBytes;
    // after the cut ws still handles frames that it has read, perhaps ten thousand pongs
    for (const frame of ['ping', 'pong']) socket.on(frame, () => this.isOpen && this.admit());
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** For every incoming message: takes one from the quota, or refuses. */
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

  /** Pings, or disconnects a client that sent nothing since the last ping. While paused, nothing can arrive. */
  beat(): void {
    if (!this.#isAlive && !this.socket.isPaused) {
      this.socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.socket.ping();
  }

  /** A closed peer gets nothing; `done` is called anyway. */
  send(text: string, done?: () => void): void {
    if (!this.isOpen) {
      done?.();
      return;
    }
    this.#cork();
    this.socket.send(text, done);
    if (this.socket.bufferedAmount > this.#maxBufferedBytes) this.#cutOff(tryAgainLater, 'Answers are not read');
  }

  /** Sends the responses of one microtask queue in one system call. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.wire.cork();
    queueMicrotask(() => {
      this.#isCorked = false;
      this.wire.uncork();
    });
  }

  /** Reads nothing more; `closeTimeout` lets the close frame arrive. */
  #cutOff(code: number, reason: string): void {
    this.socket.close(code, reason);
    this.socket.pause();
    this.wire.end();
  }
}
