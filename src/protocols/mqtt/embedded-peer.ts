import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import { RateLimited } from '../../contract/built-in-failures.js';
import { CallerAddresses } from '../caller-address.js';
import { MessageRate, type Rate } from '../message-rate.js';
import { type OutgoingReply, Peer } from './broker.js';
import { matches } from './topic-filter.js';

const addresses = new CallerAddresses();
const maxSubscriptions = 20;

export interface PeerLimits {
  /** Of messages of one connection; asked when it opens. No limit when absent. */
  readonly messageRate?: (() => Rate | undefined) | undefined;
  /** Bytes of replies that a client has not read. */
  readonly maxBufferedBytes: number;
}

/** One client of the embedded broker. */
export class EmbeddedPeer extends Peer {
  readonly #subscriptions = new Set<string>();
  readonly #socket: Socket;
  readonly #maxBufferedBytes: number;
  readonly #rate: MessageRate | undefined;
  readonly address: string;

  constructor(
    private readonly client: Client,
    { maxBufferedBytes, messageRate }: PeerLimits,
  ) {
    super();
    this.#socket = client.conn as Socket;
    this.address = addresses.of(this.#socket.remoteAddress);
    this.#maxBufferedBytes = maxBufferedBytes;
    const rate = messageRate?.();
    this.#rate = rate && new MessageRate(rate);
  }

  get clientId(): string {
    return this.client.id;
  }

  /** A client that goes on at twice its quota is cut off. */
  admit(): RateLimited | undefined {
    const rate = this.#rate;
    if (!rate || rate.admit()) return undefined;
    if (rate.abused) this.#socket.destroy(new Error('Too many messages'));
    return new RateLimited({ retryAfterSeconds: rate.retryAfterSeconds });
  }

  /** False when there are too many already. */
  subscribe(filter: string): boolean {
    if (this.#subscriptions.size >= maxSubscriptions && !this.#subscriptions.has(filter)) return false;
    this.#subscriptions.add(filter);
    return true;
  }

  unsubscribe(filters: readonly string[]): void {
    for (const filter of filters) {
      this.admit();
      this.#subscriptions.delete(filter);
    }
  }

  /**
   * Straight to the client. The way through the broker's emitter has a hundred places for all clients together, and
   * those who do not read would hold them.
   */
  send({ topic, payload, qos }: OutgoingReply): boolean {
    if (this.#socket.writableLength > this.#maxBufferedBytes) this.#socket.destroy(new Error('Replies are not read'));
    else if (!this.#socket.destroyed && this.#isSubscribed(topic)) {
      this.client.publish({ cmd: 'publish', topic, payload, qos, retain: false, dup: false }, () => {});
    }
    return true;
  }

  #isSubscribed(topic: string): boolean {
    if (this.#subscriptions.has(topic)) return true;
    for (const filter of this.#subscriptions) if (matches(filter, topic)) return true;
    return false;
  }
}
