/** All rows, or those matching any of the conditions. */
export type RowFilter = 'all' | readonly Readonly<Record<string, string | number | boolean>>[];

export abstract class CurrentCall {
  /** Undefined for anonymous callers and services. */
  abstract readonly userId: string | undefined;
  abstract readonly sessionId: string | undefined;
  /** Organization id, or the zero UUID. */
  abstract readonly tenant: string;
  /** The IPv4 address or the /64 of the IPv6 address. */
  abstract readonly network: string;
  /** Aborted when the deadline passes or the caller goes away. */
  abstract readonly signal: AbortSignal;
  /** The rows on which the caller may do `action`. */
  abstract rows(action: string, subject: string): RowFilter;
}
