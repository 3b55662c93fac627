import type { Session } from '../domain/session.js';

/** The sessions that may still be alive; expired ones disappear sooner or later. */
export abstract class Sessions {
  abstract find(id: string): Promise<Session | undefined>;
  abstract add(session: Session): Promise<void>;
  /**
   * Stores `session` in place of the one with its id, at once and only if that one still has `tokenHash`: of any number
   * who try, one succeeds. Whether it did.
   */
  abstract replace(session: Session, tokenHash: string): Promise<boolean>;
  abstract remove(id: string): Promise<void>;
  abstract idsOf(userId: string): Promise<readonly string[]>;
  /** The ids of those that were there. */
  abstract removeAllOf(userId: string): Promise<readonly string[]>;
  abstract removeExpired(now: Date): Promise<void>;
}
