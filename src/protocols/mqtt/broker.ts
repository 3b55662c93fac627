import { setTimeout as after } from 'node:timers/promises';
import type { IPublishPacket } from 'mqtt';
import type { RateLimited } from '../../contract/built-in-failures.js';
import type { Connection } from '../../pipeline/lifetime.js';

export type IncomingMessage = Pick<IPublishPacket, 'topic' | 'payload' | 'retain' | 'properties'>;

export interface OutgoingReply {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly correlationData?: Buffer | undefined;
}

/** A client of the embedded broker, or an external broker for all its clients, whose ACL checks the senders. */
export interface Peer {
  /** Absent behind an external broker, as the next two. */
  readonly address?: string;
  readonly clientId?: string;
  readonly connection?: Connection;
  admit(): RateLimited | undefined;
  /** False when the reply is too long. */
  send(reply: OutgoingReply): boolean;
}

/** Calls `taken` when it can receive the next message. Must not throw. */
export type Receive = (message: IncomingMessage, peer: Peer, taken: () => void) => void;

export interface Broker {
  /** Without credentials; undefined before `listen`. */
  readonly address: string | undefined;
  listen(receive: Receive): Promise<void>;
  /** Rejects with the reason while no requests can arrive. */
  ready(): Promise<void>;
  pause(): Promise<void>;
  close(): Promise<void>;
}

export const closeTimeout = (): Promise<void> => after(1_000, undefined, { ref: false });
