import type { OperationDescriptor } from '../contract/module.js';

/** One call on its way out. */
export interface OutgoingCall {
  readonly operation: OperationDescriptor;
  /** As the caller made it: nobody has validated it. */
  readonly input: object;
  /** `Bearer …`. */
  readonly authorization: string | undefined;
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Whole milliseconds, 1 or more. */
  readonly timeoutMs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** One protocol as its callers see it. Connects when there is something to send, and again after a loss. */
export interface Transport {
  /** The output as TypeScript has it. Rejects with a Failure; ServiceUnavailable where nobody answers. */
  send(call: OutgoingCall): Promise<unknown>;
  close(): Promise<void>;
}
