import type { RatePolicy } from '../../../ports/rate-limiter.js';

export abstract class AuthSettings {
  /** From a sign-in to the next, however often the session is renewed. */
  abstract readonly sessionSeconds: number;
  /** Failed sign-ins of one email address. */
  abstract readonly failuresOfAccount: RatePolicy;
  /** Failed sign-ins from one network address. */
  abstract readonly failuresFromAddress: RatePolicy;
}
