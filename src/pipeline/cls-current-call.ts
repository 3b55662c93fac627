import { CurrentCall, type RowFilter } from '../ports/current-call.js';
import { currentCall, noTenant } from './call-context.js';
import { networkOf } from './network-of.js';

/** Background work has no caller and may access every row. */
export class ClsCurrentCall extends CurrentCall {
  override get userId(): string | undefined {
    return currentCall()?.principal.claims?.sub;
  }

  override get sessionId(): string | undefined {
    return currentCall()?.principal.claims?.sid;
  }

  override get tenant(): string {
    return currentCall()?.tenant ?? noTenant;
  }

  override get network(): string {
    return networkOf(currentCall()?.address ?? 'local');
  }

  override get signal(): AbortSignal {
    return currentCall()?.lifetime.signal ?? new AbortController().signal;
  }

  override rows(action: string, subject: string): RowFilter {
    const call = currentCall();
    if (!call) return 'all';
    call.rowAccess.consulted = true;
    return call.principal.rows(action, subject);
  }
}
