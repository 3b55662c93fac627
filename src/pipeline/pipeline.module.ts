import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { ModuleContract } from '../contract/module.js';
import { Bus } from '../ports/bus.js';
import { Clock } from '../ports/clock.js';
import { CurrentCall } from '../ports/current-call.js';
import { Authenticator } from './authenticate.js';
import { ClsCurrentCall } from './cls-current-call.js';
import { Executor, LocalExecutor, RemoteExecutor } from './executor.js';
import { Limits } from './limit.js';
import { LocalDispatcher } from './local-dispatcher.js';
import { OperationMetrics } from './operation-metrics.js';
import { Pipeline } from './pipeline.js';
import { PipelineBus } from './pipeline-bus.js';
import { PipelineSettings } from './pipeline-settings.js';
import { Principals } from './principal.js';
import { OperationRegistry, type Placement } from './registry.js';
import { RunningCalls } from './running-calls.js';
import { NoTracer, Tracer } from './tracer.js';

export interface PipelineOptions extends PipelineSettings {
  readonly modules: readonly ModuleContract[];
  /** All operations are local when absent; remote ones need a global provider of RemoteExecutor. */
  readonly placement?: Placement;
  readonly tracer?: Tracer | undefined;
}

@Module({})
class PipelineModule {}

/** Needs the global ports: IdempotencyLog and UnitOfWork only with local modules, RemoteExecutor with remote ones. */
export function pipelineModule({
  modules,
  placement,
  tracer = new NoTracer(),
  ...settings
}: PipelineOptions): DynamicModule {
  const registry = new OperationRegistry(modules, placement);
  const providers: Provider[] = [
    { provide: OperationRegistry, useValue: registry },
    { provide: Principals, useValue: new Principals(registry.grants) },
    { provide: PipelineSettings, useValue: settings },
    { provide: Tracer, useValue: tracer },
    { provide: CurrentCall, useClass: ClsCurrentCall },
    { provide: Bus, useClass: PipelineBus },
    // the buses of @nestjs/cqrs would skip authorization, validation and deadline
    { provide: CommandBus, useExisting: Bus },
    { provide: QueryBus, useExisting: Bus },
    Clock,
    LocalDispatcher,
    registry.handledHere.length > 0
      ? { provide: Executor, useClass: LocalExecutor }
      : { provide: Executor, useExisting: RemoteExecutor },
    Authenticator,
    Limits,
    OperationMetrics,
    RunningCalls,
    Pipeline,
  ];
  return { module: PipelineModule, global: true, providers, exports: providers };
}
