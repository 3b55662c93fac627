import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { ModuleContract } from '../contract/module.js';
import { Bus } from '../ports/bus.js';
import { Clock, SystemClock } from '../ports/clock.js';
import { CurrentCall } from '../ports/current-call.js';
import { UnitOfWork } from '../ports/unit-of-work.js';
import { Authenticator } from './authenticate.js';
import { CallLog } from './call-log.js';
import { ClsCurrentCall } from './cls-current-call.js';
import { Dispatcher } from './dispatcher.js';
import { Executor, RemoteExecutor } from './executor.js';
import { IdempotencyLog } from './idempotency.js';
import { Limits } from './limit.js';
import { LocalDispatcher } from './local-dispatcher.js';
import { LocalExecutor } from './local-executor.js';
import { OperationMetrics } from './operation-metrics.js';
import { Pipeline } from './pipeline.js';
import { PipelineBus } from './pipeline-bus.js';
import { PipelineSettings } from './pipeline-settings.js';
import { Principals } from './principal.js';
import { OperationRegistry, type Placement } from './registry.js';
import { RoutingExecutor } from './routing-executor.js';
import { RunningCalls } from './running-calls.js';
import { NoTracer, Tracer } from './tracer.js';

export interface PipelineOptions extends PipelineSettings {
  /** Contracts of all modules. */
  readonly modules: readonly ModuleContract[];
  /** Where they are, when not all of them are here; the rest needs a global provider of RemoteExecutor. */
  readonly placement?: Placement;
  /** Nothing is recorded when not given. */
  readonly tracer?: Tracer | undefined;
}

function executor(
  registry: OperationRegistry,
  dispatcher: Dispatcher,
  log?: IdempotencyLog,
  unitOfWork?: UnitOfWork,
  remote?: RemoteExecutor,
): Executor {
  const local = log && unitOfWork && new LocalExecutor(registry, dispatcher, log, unitOfWork);
  if (remote) return new RoutingExecutor(registry, local, remote);
  if (local) return local;
  throw new Error('there is neither a unit of work for the modules here nor a way to those elsewhere');
}

const optional = <T>(token: T) => ({ token, optional: true });

const given = ({ modules, placement, tracer = new NoTracer(), ...settings }: PipelineOptions): Provider[] => [
  { provide: OperationRegistry, useValue: new OperationRegistry(modules, placement) },
  { provide: PipelineSettings, useValue: settings },
  { provide: Tracer, useValue: tracer },
];

const ports: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  { provide: CurrentCall, useClass: ClsCurrentCall },
  { provide: Bus, useClass: PipelineBus },
  // those of @nestjs/cqrs call the handler straight, past authorization, validation and deadline
  { provide: CommandBus, useExisting: Bus },
  { provide: QueryBus, useExisting: Bus },
];

const steps: Provider[] = [
  {
    provide: Principals,
    inject: [OperationRegistry],
    useFactory: ({ grants }: OperationRegistry) => new Principals(grants),
  },
  Authenticator,
  Limits,
  { provide: Dispatcher, useClass: LocalDispatcher },
  {
    provide: Executor,
    inject: [OperationRegistry, Dispatcher, optional(IdempotencyLog), optional(UnitOfWork), optional(RemoteExecutor)],
    useFactory: executor,
  },
];

const surroundings: Provider[] = [OperationMetrics, RunningCalls, CallLog, Pipeline];

@Module({})
class PipelineModule {}

/**
 * The pipeline of one process. Needs global providers of TokenVerifier, Revocations, RateLimiter, FeatureFlags and
 * Pressure; IdempotencyLog and UnitOfWork where a module runs; RemoteExecutor where one does not.
 */
export const pipelineModule = (options: PipelineOptions): DynamicModule => ({
  module: PipelineModule,
  global: true,
  providers: [...given(options), ...ports, ...steps, ...surroundings],
  exports: [
    OperationRegistry,
    Principals,
    Clock,
    CurrentCall,
    OperationMetrics,
    Limits,
    Pipeline,
    Bus,
    CommandBus,
    QueryBus,
  ],
});
