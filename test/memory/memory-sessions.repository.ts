import { Sessions } from '../../src/modules/auth/application/sessions.js';
import type { Session } from '../../src/modules/auth/domain/session.js';
import { MemoryStore } from './memory-store.js';

/** Sessions in this process. */
export class MemorySessions extends Sessions {
  readonly #sessions = new MemoryStore<Session>({ key: ({ id }) => id });

  override async find(id: string): Promise<Session | undefined> {
    return this.#sessions.get(id);
  }

  override async add(session: Session): Promise<void> {
    this.#sessions.put(session);
  }

  override async replace(session: Session, tokenHash: string): Promise<boolean> {
    if (this.#sessions.get(session.id)?.tokenHash !== tokenHash) return false;
    this.#sessions.put(session);
    return true;
  }

  override async remove(id: string): Promise<void> {
    this.#sessions.delete(id);
  }

  override async idsOf(userId: string): Promise<readonly string[]> {
    return this.#idsWhere((session) => session.userId === userId);
  }

  override async removeAllOf(userId: string): Promise<readonly string[]> {
    return this.#removeWhere((session) => session.userId === userId);
  }

  override async removeExpired(now: Date): Promise<void> {
    this.#removeWhere((session) => session.isExpired(now));
  }

  #removeWhere(condition: (session: Session) => boolean): readonly string[] {
    const ids = this.#idsWhere(condition);
    for (const id of ids) this.#sessions.delete(id);
    return ids;
  }

  #idsWhere(condition: (session: Session) => boolean): readonly string[] {
    return this.#sessions
      .values()
      .filter(condition)
      .map(({ id }) => id);
  }
}
