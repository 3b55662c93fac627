import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { AnyOperationClass } from '../contract/operation.js';
import type { Call } from './call.js';
import { OperationRegistry } from './registry.js';

/** Metadata keys of @nestjs/cqrs, which does not export them. */
const handlerMetadata = ['__commandHandler__', '__queryHandler__'];

interface Handler {
  readonly name: string;
  readonly instance: { execute(message: object): unknown };
  readonly isStatic: boolean;
}

type BuildMessage = new (input: object) => object;

/** Looks the handler up once: the buses of @nestjs/cqrs cost as much as the rest of a local call. */
@Injectable()
export class LocalDispatcher implements OnApplicationBootstrap {
  #handlers: Map<AnyOperationClass, Handler[]> | undefined;

  constructor(
    private readonly registry: OperationRegistry,
    private readonly container: ModulesContainer,
  ) {}

  dispatch({ operation: { message }, input }: Call): Promise<unknown> {
    const built = new (message as unknown as BuildMessage)(input);
    return Promise.resolve(this.#handlersOf(message)[0]?.instance.execute(built));
  }

  onApplicationBootstrap(): void {
    this.#refuseOtherBuses();
    const faults = this.registry.handledHere.flatMap(({ id, message }) => {
      const [handler, ...others] = this.#handlersOf(message);
      if (!handler) return [`${id} has no handler`];
      const names = [handler, ...others].map(({ name }) => name).join(', ');
      if (others.length > 0) return [`${id} has ${others.length + 1} handlers: ${names}`];
      return handler.isStatic ? [] : [`${id} has a handler made per request: ${names}; use CurrentCall instead`];
    });
    if (faults.length > 0) throw new Error(`These operations cannot run:\n  ${faults.join('\n  ')}`);
  }

  #refuseOtherBuses(): void {
    if ([...this.container.values()].every(({ metatype }) => metatype !== CqrsModule)) return;
    throw new Error('CqrsModule is imported: its buses skip authorization; inject Bus, or CommandBus, without it');
  }

  #handlersOf(message: AnyOperationClass): readonly Handler[] {
    this.#handlers ??= this.#find();
    return this.#handlers.get(message) ?? [];
  }

  #find(): Map<AnyOperationClass, Handler[]> {
    const handlers = new Map<AnyOperationClass, Handler[]>();
    for (const module of this.container.values()) {
      for (const provider of module.providers.values()) {
        const { metatype } = provider;
        const message = metatype && handledBy(metatype);
        if (!message) continue;
        const instance = provider.instance as Handler['instance'];
        const handler = { name: metatype.name, instance, isStatic: provider.isDependencyTreeStatic() };
        handlers.set(message, [...(handlers.get(message) ?? []), handler]);
      }
    }
    return handlers;
  }
}

const handledBy = (provider: object): AnyOperationClass | undefined =>
  handlerMetadata.map((key) => Reflect.getMetadata(key, provider)).find((message) => message !== undefined);
