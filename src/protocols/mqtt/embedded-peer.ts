import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import type { RateLimited } from '../../contract/built-in-failures.js';
import { CallerAddresses } from '../caller-address.js';
import { MessageRate, type PeerLimits } from '../message-rate.js';
import type { OutgoingReply, Peer } from './broker.js';
import { matches } from './topics.js';

const addresses = new CallerAddresses();
const maxSubscriptions = 20;
const defaultBufferedBytes = 1024 * 1024;

export class EmbeddedPeer implements Peer {
  readonly #subscriptions = new Set<string>();
  readonly #maxBufferedBytes: number;
  readonly #rate: MessageRate;
  readonly address: string;
  readonly connection: Socket;

  constructor(
    private readonly client: Client,
    { maxBufferedBytes = defaultBufferedBytes, messageRate }: PeerLimits,
  ) {
    this.connection = client.conn as Socket;
    this.address = addresses.of(this.connection.remoteAddress);
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#rate = new MessageRate(messageRate?.());
  }

  get clientId(): string {
    return this.client.id;
  }

  admit(): RateLimited | undefined {
    if (this.#rate.admit()) return undefined;
    if (this.#rate.isAbused) this.connection.destroy(new Error('Too many messages'));
    return this.#rate.refusal;
  }

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

  /** Bypasses the broker's emitter: it has 100 slots for all clients, which clients that do not read would hold. */
  send({ topic, payload, qos }: OutgoingReply): boolean {
    if (this.connection.writableLength > this.#maxBufferedBytes)
      this.connection.destroy(new Error('Replies are not read'));
    else if (!this.connection.destroyed && this.#isSubscribed(topic)) {
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
