import type { IPublishPacket } from 'mqtt';
import type { RateLimited } from '../../contract/built-in-failures.js';
import { ConnectionCalls } from '../json-rpc/connection-calls.js';

/** A packet on a request topic. `properties` are those of MQTT 5. */
export interface IncomingMessage extends Pick<IPublishPacket, 'topic' | 'retain' | 'properties'> {
  readonly payload: Buffer;
}

export interface OutgoingReply {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  /** Of MQTT 5. */
  readonly correlationData?: Buffer | undefined;
}

/** Whom requests come from and replies go to: one client of the embedded broker, or a broker elsewhere for all of its clients. */
export abstract class Peer {
  readonly calls = new ConnectionCalls();
  /** Of the network; undefined behind a broker elsewhere. */
  abstract readonly address: string | undefined;
  /** Undefined behind a broker elsewhere, whose access rules stand in for a check of the sender. */
  abstract readonly clientId: string | undefined;
  /** Takes one from the quota of messages; what refuses it when that is used up. */
  abstract admit(): RateLimited | undefined;
  /** False for a reply that is too long for the broker. */
  abstract send(reply: OutgoingReply): boolean;
}

export interface Receiver {
  /** A promise means: hand over no more until it resolves. Throws nothing. */
  receive(message: IncomingMessage, peer: Peer): Promise<void> | undefined;
  /** The peer has left; nobody waits for its replies. */
  gone(peer: Peer): void;
}

/** Where the requests below `<prefix>/rpc/` come from. */
export abstract class Broker {
  /** `mqtt://127.0.0.1:1883`, without credentials; undefined before `listen`. */
  abstract readonly address: string | undefined;
  abstract listen(receiver: Receiver): Promise<void>;
  /** Rejects, with the reason, while no requests can come in. */
  abstract ready(): Promise<void>;
  /** Takes no further work; replies still leave. */
  abstract pause(): Promise<void>;
  abstract close(): Promise<void>;
}
