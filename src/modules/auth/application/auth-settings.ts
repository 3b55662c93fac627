import type { RatePolicy } from '../../../ports/rate-limiter.js';

export abstract class AuthSettings {
  /** From the sign-in to the next one, however often the session is renewed. */
  abstract readonly sessionSeconds: number;
  abstract readonly limitsFailures: boolean;
  abstract readonly failuresOfAccount: RatePolicy;
  abstract readonly failuresFromAddress: RatePolicy;
}
