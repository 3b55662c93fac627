import type { Rate } from '../ports/rate-limiter.js';

export interface LimitSettings {
  readonly enabled: boolean;
  readonly address: Rate;
  readonly caller: Rate;
  /** By wire name (`users.createUser`); overrides `caller`. */
  readonly operations: Readonly<Record<string, Rate>>;
}

export abstract class PipelineSettings {
  abstract readonly serviceName: string;
  /** Milliseconds; the default, and the maximum that a caller may request. */
  abstract readonly deadlineMs: number;
  abstract readonly limits: LimitSettings;
}
