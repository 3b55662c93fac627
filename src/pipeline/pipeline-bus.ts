import { Injectable } from '@nestjs/common';
import { asIs } from '../contract/json-codec.js';
import { describe } from '../contract/module.js';
import type { Operation, OutputOf } from '../contract/operation.js';
import { Bus, type ExecuteOptions } from '../ports/bus.js';
import { FeatureFlags } from '../ports/feature-flags.js';
import { Call } from './call.js';
import { beginContext, type CallContext, currentCall } from './call-context.js';
import { Executor } from './executor.js';
import { PipelineSettings } from './pipeline-settings.js';
import { type Principal, Principals } from './principal.js';
import { RunningCalls } from './running-calls.js';
import { TraceContext } from './trace-context.js';

/** Nested calls inherit identity, trace and deadline. */
@Injectable()
export class PipelineBus extends Bus {
  override readonly asService: Bus = {
    execute: (message, options) => this.#start(message, options, this.principals.service(this.settings.serviceName)),
    get asService() {
      return this;
    },
  };

  constructor(
    private readonly executor: Executor,
    private readonly principals: Principals,
    private readonly calls: RunningCalls,
    private readonly flags: FeatureFlags,
    private readonly settings: PipelineSettings,
  ) {
    super();
  }

  override execute<M extends Operation>(message: M, options?: ExecuteOptions): Promise<OutputOf<M>> {
    return this.#start(message, options);
  }

  #start<M extends Operation>(message: M, options?: ExecuteOptions, principal?: Principal): Promise<OutputOf<M>> {
    try {
      return this.#execute(message, options, principal) as Promise<OutputOf<M>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Steps 5, 7 and 9 to 12 of docs/architecture.md. */
  #execute(message: Operation, options?: ExecuteOptions, principal?: Principal): Promise<unknown> {
    const operation = describe(message.constructor);
    const outer = currentCall();
    if (outer?.transaction !== undefined)
      throw new Error(
        `${operation.id} called inside uow.run: it could not be part of the transaction in every topology`,
      );
    const context = outer ? { ...outer, idempotency: undefined, rowAccess: { consulted: false } } : this.#background();
    if (principal) context.principal = principal;
    const call = new Call(operation, context, message.input, asIs);
    call.idempotencyKey = options?.idempotencyKey;
    call.requireEnabled(this.flags);
    call.authorize();
    call.validate();
    const work = this.executor.run(call);
    return outer ? work : this.calls.settled(context.lifetime, work);
  }

  #background(): CallContext {
    const inbound = { protocol: 'grpc', address: 'local', trace: TraceContext.unrecorded() } as const;
    return beginContext(inbound, this.principals.anonymous, performance.now() + this.settings.deadlineMs);
  }
}
