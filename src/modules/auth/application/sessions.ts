import type { Session } from '../domain/session.js';

/** Expired sessions may be included. */
export abstract class Sessions {
  abstract find(id: string): Promise<Session | undefined>;
  abstract add(session: Session): Promise<void>;
  /** Compare and set, atomic: only while the stored session has `tokenHash`. Whether it was replaced. */
  abstract replace(session: Session, tokenHash: string): Promise<boolean>;
  abstract remove(id: string): Promise<void>;
  abstract idsOf(userId: string): Promise<readonly string[]>;
  abstract removeAllOf(userId: string): Promise<readonly string[]>;
  abstract removeExpired(now: Date): Promise<void>;
}
