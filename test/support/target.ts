import type { Addresses } from '../../src/apps/addresses.js';

/** A running product, wherever it runs: all that a suite may know of it. */
export interface Target {
  readonly addresses: Addresses;
  /** The first level of its MQTT topics. */
  readonly topicPrefix: string;
  /** May sign in as the platform administrator. */
  readonly administrator: { readonly email: string; readonly password: string };
  /** A bearer token of another service, for `x-service-authorization`. */
  serviceToken(): Promise<string>;
}

export interface RunningTarget extends Target {
  stop(): Promise<void>;
}
