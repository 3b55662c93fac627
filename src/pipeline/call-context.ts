import { randomUUIDv7 } from 'node:crypto';
import { ClsServiceManager, type ClsStore } from 'nestjs-cls';
import type { Protocol } from '../contract/operation.js';
import type { RateDecision, RatePolicy } from '../ports/rate-limiter.js';
import type { IdempotencySlot } from './idempotency-slot.js';
import { type Connection, Lifetime } from './lifetime.js';
import { networkOf } from './network-of.js';
import type { Principal } from './principal.js';
import type { Span } from './span.js';
import { TraceContext } from './trace-context.js';

/** Of a call that another process of ours has let in: it was limited there. */
export interface Forwarded {
  /** Service token of that process, made for this one. */
  readonly by: string;
  /** Of the caller, as that process saw it. */
  readonly address: string | undefined;
}

/** What a transport tells of a request beside its payload. Anything malformed is taken as absent. */
export interface Inbound {
  readonly protocol: Protocol;
  /** Of the caller, past trusted proxies. */
  readonly address: string;
  /** `Bearer …`. */
  readonly authorization?: string | undefined;
  /** Bearer token of the calling service. */
  readonly serviceAuthorization?: string | undefined;
  readonly forwarded?: Forwarded | undefined;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
  /** In place of `traceparent`: that of another call of the same request. */
  readonly trace?: TraceContext | undefined;
  /** Milliseconds the caller is willing to wait. */
  readonly timeoutMs?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  /** The caller's, where closing it means that nobody waits any more. */
  readonly connection?: Connection | undefined;
}

export const noTenant = '00000000-0000-0000-0000-000000000000';

const processId = randomUUIDv7();
let calls = 0;

/** Unique and cheap: 128 bits of this process and a counter. */
const newRequestId = (): string => `${processId}-${++calls}`;

const usableRequestId = /^[\w.:/+=@-]{1,128}$/;

const requestIdOf = (given: string | undefined): string =>
  given !== undefined && usableRequestId.test(given) ? given : newRequestId();

/** What a caller may ask about an answer by. */
export interface CallIdentity {
  readonly requestId: string;
  readonly trace: TraceContext;
}

/** Of a request that becomes no call. */
export const identify = ({ requestId, traceparent }: Pick<Inbound, 'requestId' | 'traceparent'>): CallIdentity => ({
  requestId: requestIdOf(requestId),
  trace: new TraceContext(traceparent),
});

/** All that is known of one call, from the transport to the repository. */
export class CallContext implements CallIdentity {
  /** Of the caller, as the edge saw it. */
  address: string;
  /** Limited by the process that forwarded it. */
  isForwarded = false;
  /** Organization id. */
  tenant = noTenant;
  /** Of the unit of work this code runs in. */
  transaction: unknown;
  idempotency: IdempotencySlot | undefined;
  /** The caller's quota, for the transport's headers. */
  rate: { readonly policy: RatePolicy; readonly decision: RateDecision } | undefined;
  /** Shared with the units of work inside. */
  rowAccess = { consulted: false };
  /** The work under way, where it is recorded: parent of what this call does next. */
  span: Span | undefined;
  /** Its id, once the handler runs. */
  operation: string | undefined;

  constructor(
    readonly inbound: Inbound,
    public principal: Principal,
    readonly lifetime: Lifetime,
    readonly requestId: string,
    readonly trace: TraceContext,
  ) {
    this.address = inbound.address;
  }

  /** What limits count by. */
  get network(): string {
    return networkOf(this.address);
  }

  /** `deadline`: milliseconds of `performance.now()`. */
  static begin(inbound: Inbound, principal: Principal, deadline: number): CallContext {
    const { requestId, traceparent, trace = new TraceContext(traceparent), connection } = inbound;
    const lifetime = new Lifetime(deadline, connection);
    return new CallContext(inbound, principal, lifetime, requestIdOf(requestId), trace);
  }

  /** The same call seen from inside: same identity, trace and lifetime, other particulars. */
  fork(
    changes: Partial<Pick<CallContext, 'principal' | 'transaction' | 'idempotency' | 'rowAccess' | 'span'>>,
  ): CallContext {
    const { inbound, principal, lifetime, requestId, trace } = this;
    const inner = new CallContext(inbound, principal, lifetime, requestId, trace);
    inner.address = this.address;
    inner.isForwarded = this.isForwarded;
    inner.tenant = this.tenant;
    inner.transaction = this.transaction;
    inner.idempotency = this.idempotency;
    inner.rate = this.rate;
    inner.rowAccess = this.rowAccess;
    inner.span = this.span;
    inner.operation = this.operation;
    return Object.assign(inner, changes);
  }
}

const cls = ClsServiceManager.getClsService();

/** The call this code runs for; none in background work. */
export const currentCall = (): CallContext | undefined => cls.get() as unknown as CallContext | undefined;

export const runInCall = <T>(call: CallContext, work: () => T): T => cls.runWith(call as unknown as ClsStore, work);
