import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { ModuleContract } from '../contract/module.js';
import { Bus } from '../ports/bus.js';
import { Clock, SystemClock } from '../ports/clock.js';
import { CurrentCall } from '../ports/current-call.js';
import { RateLimiter } from '../ports/rate-limiter.js';
import { Revocations } from '../ports/revocations.js';
import { UnitOfWork } from '../ports/unit-of-work.js';
import { Authenticator } from './authenticate.js';
import { ClsCurrentCall } from './cls-current-call.js';
import { Dispatcher } from './dispatcher.js';
import { IdempotencyLog } from './idempotency.js';
import { type LimitSettings, Limits } from './limit.js';
import { LocalBus } from './local-bus.js';
import { LocalDispatcher } from './local-dispatcher.js';
import { OperationMetrics } from './operation-metrics.js';
import { Owner } from './owner.js';
import { type CallLog, Pipeline } from './pipeline.js';
import { Principals } from './principal.js';
import { OperationRegistry } from './registry.js';
import { RunningCalls } from './running-calls.js';
import { TokenVerifier } from './token-verifier.js';

export interface PipelineOptions {
  /** Contracts of the modules whose operations this process serves. */
  readonly modules: readonly ModuleContract[];
  readonly serviceName: string;
  /** Milliseconds: of an operation that names none, and the longest a caller may ask for. */
  readonly deadlineMs: number;
  readonly limits: LimitSettings;
}

const logger = new Logger('Pipeline');

const callLog: CallLog = {
  unexpected: (error, operation, call) =>
    logger.error({
      err: error,
      msg: 'unexpected error',
      operation: operation?.id,
      protocol: call.inbound.protocol,
      request_id: call.requestId,
      trace_id: call.trace.traceId,
    }),
};

function pipelineProviders({ modules, serviceName, deadlineMs, limits }: PipelineOptions): Provider[] {
  return [
    { provide: OperationRegistry, useValue: new OperationRegistry(modules) },
    {
      provide: Principals,
      useFactory: ({ grants }: OperationRegistry) => new Principals(grants),
      inject: [OperationRegistry],
    },
    { provide: Dispatcher, useClass: LocalDispatcher },
    { provide: Clock, useClass: SystemClock },
    { provide: CurrentCall, useClass: ClsCurrentCall },
    OperationMetrics,
    RunningCalls,
    {
      provide: Authenticator,
      useFactory: (tokens: TokenVerifier, revocations: Revocations, principals: Principals) =>
        new Authenticator(tokens, revocations, principals),
      inject: [TokenVerifier, Revocations, Principals],
    },
    {
      provide: Owner,
      useFactory: (registry: OperationRegistry, dispatcher: Dispatcher, log: IdempotencyLog, unitOfWork: UnitOfWork) =>
        new Owner(registry, dispatcher, log, unitOfWork),
      inject: [OperationRegistry, Dispatcher, IdempotencyLog, UnitOfWork],
    },
    {
      provide: Pipeline,
      useFactory: (
        principals: Principals,
        authenticator: Authenticator,
        limiter: RateLimiter,
        owner: Owner,
        calls: RunningCalls,
        metrics: OperationMetrics,
      ) => {
        const limited = new Limits(limiter, limits);
        return new Pipeline({ deadlineMs }, principals, authenticator, limited, owner, calls, metrics, callLog);
      },
      inject: [Principals, Authenticator, RateLimiter, Owner, RunningCalls, OperationMetrics],
    },
    {
      provide: Bus,
      useFactory: (owner: Owner, principals: Principals, calls: RunningCalls) =>
        new LocalBus(owner, principals, calls, { serviceName, deadlineMs }),
      inject: [Owner, Principals, RunningCalls],
    },
  ];
}

@Module({})
class PipelineModule {}

/** The pipeline of one process. Needs global providers of TokenVerifier, Revocations, RateLimiter, IdempotencyLog and UnitOfWork. */
export const pipelineModule = (options: PipelineOptions): DynamicModule => ({
  module: PipelineModule,
  global: true,
  imports: [CqrsModule.forRoot()],
  providers: pipelineProviders(options),
  exports: [OperationRegistry, Principals, Clock, CurrentCall, OperationMetrics, Pipeline, Bus],
});
