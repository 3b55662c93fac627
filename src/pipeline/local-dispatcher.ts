import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { OperationDescriptor } from '../contract/module.js';
import type { AnyOperationClass } from '../contract/operation.js';
import { Dispatcher } from './dispatcher.js';
import { OperationRegistry } from './registry.js';

/** What the decorators of @nestjs/cqrs write; the package does not export the names. */
const handlerMetadata = ['__commandHandler__', '__queryHandler__'];

type BuildMessage = new (input: object) => object;

/** Runs the @nestjs/cqrs handler in this process. */
@Injectable()
export class LocalDispatcher extends Dispatcher implements OnApplicationBootstrap {
  constructor(
    private readonly registry: OperationRegistry,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly container: ModulesContainer,
  ) {
    super();
  }

  override dispatch({ message, kind }: OperationDescriptor, input: object): Promise<unknown> {
    const built = new (message as unknown as BuildMessage)(input);
    return kind === 'command' ? this.commands.execute(built) : this.queries.execute(built);
  }

  onApplicationBootstrap(): void {
    const handlers = this.#handlers();
    const faults = this.registry.handledHere.flatMap(({ id, message }) => {
      const found = handlers.get(message) ?? [];
      if (found.length === 1) return [];
      return [found.length === 0 ? `${id} has no handler` : `${id} has ${found.length} handlers: ${found.join(', ')}`];
    });
    if (faults.length > 0) throw new Error(`These operations can not run:\n  ${faults.join('\n  ')}`);
  }

  #handlers(): Map<AnyOperationClass, string[]> {
    const handlers = new Map<AnyOperationClass, string[]>();
    for (const module of this.container.values()) {
      for (const { metatype } of module.providers.values()) {
        const message = metatype && handledBy(metatype);
        if (message) handlers.set(message, [...(handlers.get(message) ?? []), metatype.name]);
      }
    }
    return handlers;
  }
}

const handledBy = (provider: object): AnyOperationClass | undefined =>
  handlerMetadata.map((key) => Reflect.getMetadata(key, provider)).find((message) => message !== undefined);
