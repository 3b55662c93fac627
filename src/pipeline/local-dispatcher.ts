import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { describe } from '../contract/module.js';
import type { AnyOperationClass } from '../contract/operation.js';
import type { Call } from './call.js';
import { type CallContext, runInCall } from './call-context.js';
import { OperationRegistry } from './registry.js';

/** Metadata keys of @nestjs/cqrs, which does not export them. */
const handlerMetadata = ['__commandHandler__', '__queryHandler__'];

interface Handler {
  execute(message: object): unknown;
}

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

type BuildMessage = new (input: object) => object;

/** Looks the handler up once: the buses of @nestjs/cqrs cost as much as the rest of a local call. */
@Injectable()
export class LocalDispatcher implements OnApplicationBootstrap {
  readonly #handlers = new Map<AnyOperationClass, Handler>();
  #providers: ReadonlyMap<unknown, readonly InstanceWrapper[]> | undefined;

  constructor(
    private readonly registry: OperationRegistry,
    private readonly container: ModulesContainer,
  ) {}

  dispatch({ operation: { message }, input }: Call, context: CallContext): Promise<unknown> {
    const handler = this.#handlers.getOrInsertComputed(message, this.#handlerOf);
    const built = new (message as unknown as BuildMessage)(input);
    return Promise.resolve(runInCall(context, () => handler.execute(built)));
  }

  onApplicationBootstrap(): void {
    this.#refuseOtherBuses();
    const problems = this.registry.handledHere.flatMap(({ id, message }) => {
      const [handler, ...others] = this.#providersOf(message);
      if (!handler) return [`${id} has no handler`];
      const names = [handler, ...others].map(({ metatype }) => metatype?.name).join(', ');
      if (others.length > 0) return [`${id} has ${others.length + 1} handlers: ${names}`];
      const isStatic = handler.isDependencyTreeStatic();
      return isStatic ? [] : [`${id} has a handler made per request: ${names}; use CurrentCall instead`];
    });
    if (problems.length > 0) throw new Error(`These operations cannot run:\n  ${problems.join('\n  ')}`);
  }

  #refuseOtherBuses(): void {
    if ([...this.container.values()].every(({ metatype }) => metatype !== CqrsModule)) return;
    throw new Error('CqrsModule is imported: its buses skip authorization; inject Bus, or CommandBus, without it');
  }

  readonly #handlerOf = (message: AnyOperationClass): Handler => {
    const [provider] = this.#providersOf(message);
    if (!provider) throw new Error(`${describe(message).id} has no handler here, and there is no RemoteExecutor`);
    return provider.instance;
  };

  #providersOf(message: AnyOperationClass): readonly InstanceWrapper[] {
    this.#providers ??= Map.groupBy(new DiscoveryService(this.container).getProviders(), handledOperation);
    return this.#providers.get(message) ?? [];
  }
}

const handledOperation = ({ metatype }: InstanceWrapper): unknown =>
  metatype && handlerMetadata.map((key) => Reflect.getMetadata(key, metatype)).find((found) => found !== undefined);
