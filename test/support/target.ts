import { expect } from 'vitest';
import type { Addresses } from '../../src/apps/servers.js';
import { eventually } from './eventually.js';

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

/** Resolves when the product is ready by its own health check. */
export async function whenReady({ addresses }: Target): Promise<void> {
  const health = () => fetch(`${addresses.http}/health/ready`);
  await eventually(async () => expect((await health()).status).toBe(200));
}
