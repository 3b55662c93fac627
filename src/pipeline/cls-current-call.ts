import { CurrentCall, type RowFilter } from '../ports/current-call.js';
import { type CallContext, currentCall, noTenant } from './call-context.js';

/** Background work has no caller and may access every row. */
export class ClsCurrentCall extends CurrentCall {
  get #call(): CallContext | undefined {
    return currentCall();
  }

  override get userId(): string | undefined {
    return this.#call?.principal.claims?.sub;
  }

  override get sessionId(): string | undefined {
    return this.#call?.principal.claims?.sid;
  }

  override get tenant(): string {
    return this.#call?.tenant ?? noTenant;
  }

  override get network(): string {
    return this.#call?.network ?? 'local';
  }

  override get signal(): AbortSignal {
    return this.#call?.lifetime.signal ?? new AbortController().signal;
  }

  override rows(action: string, subject: string): RowFilter {
    const call = this.#call;
    if (!call) return 'all';
    call.rowAccess.consulted = true;
    return call.principal.rows(action, subject);
  }
}
