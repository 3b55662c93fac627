import { randomUUIDv7 } from 'node:crypto';
import { ClsServiceManager, type ClsStore } from 'nestjs-cls';
import type { Protocol } from '../contract/operation.js';
import type { RateDecision, RatePolicy } from '../ports/rate-limiter.js';
import type { IdempotentRequest } from './idempotency.js';
import { type Connection, Lifetime } from './lifetime.js';
import type { Principal } from './principal.js';
import type { Span } from './span.js';
import { TraceContext } from './trace-context.js';

export interface Forwarded {
  readonly by: string;
  readonly address: string | undefined;
}

/** Metadata of a request. Malformed values count as absent. */
export interface Inbound {
  readonly protocol: Protocol;
  /** Of the caller, behind trusted proxies. */
  readonly address: string;
  readonly authorization?: string | undefined;
  readonly serviceAuthorization?: string | undefined;
  readonly forwarded?: Forwarded | undefined;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
  /** In place of `traceparent`: shared by the calls of one request. */
  readonly trace?: TraceContext | undefined;
  readonly timeoutMs?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Absent where closing the connection does not cancel the call. */
  readonly connection?: Connection | undefined;
}

export const noTenant = '00000000-0000-0000-0000-000000000000';

const processId = randomUUIDv7();
let calls = 0;

const newRequestId = (): string => `${processId}-${++calls}`;

const usableRequestId = /^[\w.:/+=@-]{1,128}$/;

const requestIdOf = (given: string | undefined): string =>
  given !== undefined && usableRequestId.test(given) ? given : newRequestId();

export interface CallIdentity {
  readonly requestId: string;
  readonly trace: TraceContext;
}

export const identify = ({ requestId, traceparent }: Pick<Inbound, 'requestId' | 'traceparent'>): CallIdentity => ({
  requestId: requestIdOf(requestId),
  trace: new TraceContext(traceparent),
});

/** A unit of work and a nested call get a copy with changes: `{ ...context, transaction }`. */
export interface CallContext extends CallIdentity {
  readonly inbound: Inbound;
  principal: Principal;
  readonly lifetime: Lifetime;
  address: string;
  /** The forwarding process has applied the rate limits. */
  isForwarded: boolean;
  tenant: string;
  transaction: unknown;
  idempotency: IdempotentRequest | undefined;
  rate: { readonly policy: RatePolicy; readonly decision: RateDecision } | undefined;
  /** One object for the call and its units of work. */
  rowAccess: { consulted: boolean };
  /** Parent of new spans; absent when the call is not recorded. */
  span: Span | undefined;
  operation: string | undefined;
}

export function beginContext(inbound: Inbound, principal: Principal, deadline: number): CallContext {
  const { address, connection, requestId, traceparent, trace = new TraceContext(traceparent) } = inbound;
  return {
    inbound,
    principal,
    lifetime: new Lifetime(deadline, connection),
    requestId: requestIdOf(requestId),
    trace,
    address,
    isForwarded: false,
    tenant: noTenant,
    transaction: undefined,
    idempotency: undefined,
    rate: undefined,
    rowAccess: { consulted: false },
    span: undefined,
    operation: undefined,
  };
}

const cls = ClsServiceManager.getClsService();

export const currentCall = (): CallContext | undefined => cls.get() as unknown as CallContext | undefined;

export const runInCall = <T>(context: CallContext, work: () => T): T =>
  cls.runWith(context as unknown as ClsStore, work);
