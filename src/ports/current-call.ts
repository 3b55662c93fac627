/** Rows the caller may touch: all of them, or those matching any of the conditions. */
export type RowFilter = 'all' | readonly Readonly<Record<string, string | number | boolean>>[];

/** What a handler may know of the call it serves. */
export abstract class CurrentCall {
  /** Of the signed-in user; absent for anonymous callers and services. */
  abstract readonly userId: string | undefined;
  /** Of the sign-in the caller's token came from. */
  abstract readonly sessionId: string | undefined;
  /** Organization, or the zero UUID where there is none. */
  abstract readonly tenant: string;
  /** Of the caller: the IPv4 address, or the /64 of the IPv6 address. For throttling. */
  abstract readonly network: string;
  /** Aborted when the deadline passes or the caller goes away. */
  abstract readonly signal: AbortSignal;
  /** The rows of `subject` on which the caller may do `action`. */
  abstract rows(action: string, subject: string): RowFilter;
}
