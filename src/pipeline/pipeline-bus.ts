import { describe } from '../contract/module.js';
import type { Operation, OutputOf } from '../contract/operation.js';
import { validate } from '../contract/validate.js';
import { Bus, type ExecuteOptions } from '../ports/bus.js';
import type { FeatureFlags } from '../ports/feature-flags.js';
import { requireEnabled } from './availability.js';
import { CallContext, currentCall } from './call-context.js';
import type { Executor } from './executor.js';
import type { Principals } from './principal.js';
import type { RunningCalls } from './running-calls.js';
import { TraceContext } from './trace-context.js';

const asIs = (value: unknown): unknown => value;

interface BusSettings {
  /** Of this process, as other services know it. */
  readonly serviceName: string;
  readonly deadlineMs: number;
}

/** The bus that handlers use, wherever the called handler is: nested calls inherit the identity, trace and deadline of the call they serve. */
export class PipelineBus extends Bus {
  readonly #service: PipelineBus | undefined;

  constructor(
    private readonly executor: Executor,
    private readonly principals: Principals,
    private readonly calls: RunningCalls,
    private readonly flags: FeatureFlags,
    private readonly settings: BusSettings,
    actsAsService = false,
  ) {
    super();
    this.#service = actsAsService ? undefined : new PipelineBus(executor, principals, calls, flags, settings, true);
  }

  override get asService(): Bus {
    return this.#service ?? this;
  }

  override execute<M extends Operation>(message: M, { idempotencyKey }: ExecuteOptions = {}): Promise<OutputOf<M>> {
    try {
      return this.#execute(message, idempotencyKey) as Promise<OutputOf<M>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #execute(message: Operation, idempotencyKey: string | undefined): Promise<unknown> {
    const operation = describe(message.constructor);
    const outer = currentCall();
    if (outer?.transaction !== undefined) {
      throw new Error(
        `${operation.id} called inside uow.run: it could not be part of the transaction in every topology`,
      );
    }
    requireEnabled(operation, this.flags);
    const call = this.#nested(outer);
    const decision = call.principal.authorize(operation);
    const input = validate(operation, message.input, asIs);
    const work = this.executor.run(operation, call, decision, input, idempotencyKey);
    return outer ? work : this.#watched(call, work);
  }

  /** A nested call is watched with the one it serves. */
  #watched({ lifetime }: CallContext, work: Promise<unknown>): Promise<unknown> {
    return new Promise((answer, refuse) => this.calls.watch(lifetime, work, { answer, refuse }));
  }

  #nested(outer: CallContext | undefined): CallContext {
    const call = outer?.fork({ idempotency: undefined, rowAccess: { consulted: false } }) ?? this.#background();
    if (this.#service === undefined) call.principal = this.principals.service(this.settings.serviceName);
    return call;
  }

  #background(): CallContext {
    const inbound = { protocol: 'grpc', address: 'local', trace: TraceContext.unrecorded() } as const;
    return CallContext.begin(inbound, this.principals.anonymous, performance.now() + this.settings.deadlineMs);
  }
}
