import { randomUUIDv7 } from 'node:crypto';
import { ClsServiceManager, type ClsStore } from 'nestjs-cls';
import type { Failure } from '../contract/failure.js';
import type { Protocol } from '../contract/operation.js';
import type { RateDecision, RatePolicy } from '../ports/rate-limiter.js';
import type { IdempotencySlot } from './idempotency-slot.js';
import type { Principal } from './principal.js';
import { TraceContext } from './trace-context.js';

/** What a transport tells of a request beside its payload. Anything malformed is taken as absent. */
export interface Inbound {
  readonly protocol: Protocol;
  /** Of the network peer. */
  readonly address: string;
  /** `Bearer …`. */
  readonly authorization?: string | undefined;
  /** Bearer token of the calling service. */
  readonly serviceAuthorization?: string | undefined;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Milliseconds the caller is willing to wait. */
  readonly timeoutMs?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly locale?: string | undefined;
}

export const noTenant = '00000000-0000-0000-0000-000000000000';

const processId = randomUUIDv7();
let calls = 0;

/** Unique and cheap: 128 bits of this process and a counter. */
const newRequestId = (): string => `${processId}-${(++calls).toString(36)}`;

const usableRequestId = /^[\w.:/+=@-]{1,128}$/;

/** When a call ends early: its deadline passed or its caller went away. Shared by all that work for the call. */
export class Lifetime {
  #controller: AbortController | undefined;
  #ended: Failure | undefined;
  #onEnd: ((failure: Failure) => void) | undefined;

  /** `deadline`: epoch milliseconds. */
  constructor(readonly deadline: number) {}

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort(this.#ended);
    }
    return this.#controller.signal;
  }

  get ended(): Failure | undefined {
    return this.#ended;
  }

  end(failure: Failure): void {
    if (this.#ended) return;
    this.#ended = failure;
    this.#controller?.abort(failure);
    this.#onEnd?.(failure);
  }

  get watched(): boolean {
    return this.#onEnd !== undefined;
  }

  watch(listener: ((failure: Failure) => void) | undefined): void {
    this.#onEnd = listener;
  }
}

/** All that is known of one call, from the transport to the repository. */
export class CallContext {
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly lifetime: Lifetime;
  principal: Principal;
  /** Organization id. */
  tenant = noTenant;
  /** Of the unit of work this code runs in. */
  transaction: unknown;
  idempotency: IdempotencySlot | undefined;
  /** The caller's quota, for the transport's headers. */
  rate: { readonly policy: RatePolicy; readonly decision: RateDecision } | undefined;
  /** Shared with the units of work inside. */
  rowAccess = { consulted: false };

  constructor(
    readonly inbound: Inbound,
    principal: Principal,
    deadline: number,
  ) {
    this.requestId =
      inbound.requestId !== undefined && usableRequestId.test(inbound.requestId) ? inbound.requestId : newRequestId();
    this.trace = new TraceContext(inbound.traceparent);
    this.lifetime = new Lifetime(deadline);
    this.principal = principal;
  }

  /** The same call seen from inside: same identity, trace and lifetime, other particulars. */
  fork(changes: Partial<Pick<CallContext, 'principal' | 'transaction' | 'idempotency' | 'rowAccess'>>): CallContext {
    return Object.assign(Object.create(CallContext.prototype) as CallContext, this, changes);
  }
}

const cls = ClsServiceManager.getClsService();

/** The call this code runs for; none in background work. */
export const currentCall = (): CallContext | undefined => cls.get() as unknown as CallContext | undefined;

export const runInCall = <T>(call: CallContext, work: () => T): T => cls.runWith(call as unknown as ClsStore, work);
