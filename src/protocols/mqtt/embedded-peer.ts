import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import { CallerAddresses } from '../caller-address.js';
import { type OutgoingReply, Peer } from './broker.js';
import { matches } from './topic-filter.js';

const addresses = new CallerAddresses();
const maxSubscriptions = 20;

/** One client of the embedded broker. */
export class EmbeddedPeer extends Peer {
  readonly #subscriptions = new Set<string>();
  readonly #socket: Socket;
  readonly address: string;

  constructor(
    private readonly client: Client,
    private readonly maxBufferedBytes: number,
  ) {
    super();
    this.#socket = client.conn as Socket;
    this.address = addresses.of(this.#socket.remoteAddress);
  }

  get clientId(): string {
    return this.client.id;
  }

  /** False when there are too many already. */
  subscribe(filter: string): boolean {
    if (this.#subscriptions.size >= maxSubscriptions && !this.#subscriptions.has(filter)) return false;
    this.#subscriptions.add(filter);
    return true;
  }

  unsubscribe(filters: readonly string[]): void {
    for (const filter of filters) this.#subscriptions.delete(filter);
  }

  /**
   * Straight to the client. The way through the broker's emitter has a hundred places for all clients together, and
   * those who do not read would hold them.
   */
  send({ topic, payload, qos }: OutgoingReply): boolean {
    if (this.#socket.writableLength > this.maxBufferedBytes) this.#socket.destroy(new Error('Replies are not read'));
    else if (!this.client.closed && this.#isSubscribed(topic)) {
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
