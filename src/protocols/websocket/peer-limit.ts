import type { Duplex } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import { RateLimited } from '../../contract/built-in-failures.js';
import { MessageRate, type Rate } from '../message-rate.js';

const policyViolation = 1008;
const tryAgainLater = 1013;

/** How much one peer may send, pings and pongs among its messages, and how much it may leave unread. */
export class PeerLimit {
  readonly #rate: MessageRate | undefined;

  /** `wire`: what the frames travel on. There is no limit of messages when `rate` is absent. */
  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Duplex,
    rate: Rate | undefined,
  ) {
    this.#rate = rate && new MessageRate(rate);
    for (const frame of ['ping', 'pong']) socket.on(frame, () => this.admit());
  }

  /** Takes one from the quota, or refuses the message. A peer that goes on at twice the quota is cut off. */
  admit(refuse?: (failure: RateLimited) => void): boolean {
    const rate = this.#rate;
    if (!rate || rate.admit()) return true;
    refuse?.(tooMany(rate));
    if (rate.abused) this.#cutOff(policyViolation, 'Too many messages');
    return false;
  }

  /** What refuses the last message; undefined for one within the quota. */
  get refusal(): RateLimited | undefined {
    return this.#rate?.exceeded ? tooMany(this.#rate) : undefined;
  }

  /** Cuts off a peer that has not read `maxBytes` of what was sent. */
  checkUnread(maxBytes: number): void {
    if (this.socket.bufferedAmount > maxBytes) this.#cutOff(tryAgainLater, 'Answers are not read');
  }

  /** Nothing more is read; the peer has the time of `closeTimeout` to take the reason. */
  #cutOff(code: number, reason: string): void {
    this.socket.close(code, reason);
    this.socket.pause();
    this.wire.end();
  }
}

const tooMany = ({ retryAfterSeconds }: MessageRate) => new RateLimited({ retryAfterSeconds });
