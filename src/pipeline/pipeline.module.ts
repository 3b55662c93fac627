import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { ModuleContract } from '../contract/module.js';
import { Bus } from '../ports/bus.js';
import { Clock, SystemClock } from '../ports/clock.js';
import { CurrentCall } from '../ports/current-call.js';
import { FeatureFlags } from '../ports/feature-flags.js';
import { RateLimiter } from '../ports/rate-limiter.js';
import { Revocations } from '../ports/revocations.js';
import { UnitOfWork } from '../ports/unit-of-work.js';
import { Authenticator } from './authenticate.js';
import { ClsCurrentCall } from './cls-current-call.js';
import { Dispatcher } from './dispatcher.js';
import { Executor, RemoteExecutor } from './executor.js';
import { IdempotencyLog } from './idempotency.js';
import { type LimitSettings, Limits } from './limit.js';
import { LocalDispatcher } from './local-dispatcher.js';
import { OperationMetrics } from './operation-metrics.js';
import { Owner } from './owner.js';
import { type CallLog, Pipeline } from './pipeline.js';
import { PipelineBus } from './pipeline-bus.js';
import { PlacedExecutor } from './placed-executor.js';
import { Pressure } from './pressure.js';
import { Principals } from './principal.js';
import { OperationRegistry, type Placement } from './registry.js';
import { RunningCalls } from './running-calls.js';
import { TokenVerifier } from './token-verifier.js';
import { NoTracer, type Tracer } from './tracer.js';

export interface PipelineOptions {
  /** Contracts of all modules. */
  readonly modules: readonly ModuleContract[];
  /** Where they are, when not all of them are here; the rest needs a global provider of RemoteExecutor. */
  readonly placement?: Placement;
  readonly serviceName: string;
  /** Milliseconds: of an operation that names none, and the longest a caller may ask for. */
  readonly deadlineMs: number;
  readonly limits: LimitSettings;
  /** Nothing is recorded when not given. */
  readonly tracer?: Tracer | undefined;
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
      span_id: call.trace.spanId,
    }),
};

function executor(
  registry: OperationRegistry,
  dispatcher: Dispatcher,
  log?: IdempotencyLog,
  unitOfWork?: UnitOfWork,
  remote?: RemoteExecutor,
): Executor {
  const owner = log && unitOfWork && new Owner(registry, dispatcher, log, unitOfWork);
  if (remote) return new PlacedExecutor(registry, owner, remote);
  if (owner) return owner;
  throw new Error('there is neither a unit of work for the modules here nor a way to those elsewhere');
}

function pipelineProviders(options: PipelineOptions): Provider[] {
  const { modules, placement, serviceName, deadlineMs, limits, tracer = new NoTracer() } = options;
  return [
    { provide: OperationRegistry, useValue: new OperationRegistry(modules, placement) },
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
      provide: Executor,
      useFactory: executor,
      inject: [
        OperationRegistry,
        Dispatcher,
        { token: IdempotencyLog, optional: true },
        { token: UnitOfWork, optional: true },
        { token: RemoteExecutor, optional: true },
      ],
    },
    {
      provide: Limits,
      useFactory: (limiter: RateLimiter) => new Limits(limiter, limits),
      inject: [RateLimiter],
    },
    {
      provide: Pipeline,
      useFactory: (
        principals: Principals,
        authenticator: Authenticator,
        limited: Limits,
        flags: FeatureFlags,
        pressure: Pressure,
        executor: Executor,
        calls: RunningCalls,
        metrics: OperationMetrics,
      ) =>
        new Pipeline(
          { deadlineMs },
          principals,
          authenticator,
          limited,
          flags,
          pressure,
          executor,
          calls,
          metrics,
          callLog,
          tracer,
        ),
      inject: [Principals, Authenticator, Limits, FeatureFlags, Pressure, Executor, RunningCalls, OperationMetrics],
    },
    {
      provide: Bus,
      useFactory: (executor: Executor, principals: Principals, calls: RunningCalls, flags: FeatureFlags) =>
        new PipelineBus(executor, principals, calls, flags, { serviceName, deadlineMs }),
      inject: [Executor, Principals, RunningCalls, FeatureFlags],
    },
  ];
}

@Module({})
class PipelineModule {}

/**
 * The pipeline of one process. Needs global providers of TokenVerifier, Revocations, RateLimiter, FeatureFlags and
 * Pressure; IdempotencyLog and UnitOfWork where a module runs; RemoteExecutor where one does not.
 */
export const pipelineModule = (options: PipelineOptions): DynamicModule => ({
  module: PipelineModule,
  global: true,
  imports: [CqrsModule.forRoot()],
  providers: pipelineProviders(options),
  exports: [OperationRegistry, Principals, Clock, CurrentCall, OperationMetrics, Limits, Pipeline, Bus],
});
