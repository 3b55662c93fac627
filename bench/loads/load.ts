import type { Target } from '../target.js';

export interface LoadSettings {
  readonly connections: number;
  /** Requests of one connection that wait for their answer at once. */
  readonly pipelining: number;
  readonly seconds: number;
}

export interface Answered {
  readonly requests: number;
  /** Of them, those that were answered by a failure or not at all. */
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export type Load = (target: Target, settings: LoadSettings) => Promise<Answered>;
