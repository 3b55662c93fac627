import type { IPublishPacket } from 'mqtt';
import type { RateLimited } from '../../contract/built-in-failures.js';
import { ConnectionCalls } from '../json-rpc/connection-calls.js';

/** `properties`: MQTT 5. */
export type IncomingMessage = Pick<IPublishPacket, 'topic' | 'payload' | 'retain' | 'properties'>;

export interface OutgoingReply {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly correlationData?: Buffer | undefined;
}

/** A client of the embedded broker, or an external broker for all its clients. */
export abstract class Peer {
  readonly calls = new ConnectionCalls();
  /** Network address; undefined behind an external broker. */
  abstract readonly address: string | undefined;
  /** Undefined behind an external broker, whose ACL checks the sender. */
  abstract readonly clientId: string | undefined;
  abstract admit(): RateLimited | undefined;
  abstract send(reply: OutgoingReply): boolean;
}

export interface Receiver {
  /** Calls `taken` when it can receive the next message. Must not throw. */
  receive(message: IncomingMessage, peer: Peer, taken: () => void): void;
  disconnected(peer: Peer): void;
}

export abstract class Broker {
  abstract readonly address: string | undefined;
  abstract listen(receiver: Receiver): Promise<void>;
  /** Rejects with the reason while no requests can arrive. */
  abstract ready(): Promise<void>;
  abstract pause(): Promise<void>;
  abstract close(): Promise<void>;
}
