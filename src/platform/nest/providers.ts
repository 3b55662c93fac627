import type { DynamicModule, FactoryProvider, Provider, Type } from '@nestjs/common';

type Token<T = unknown> = abstract new (...args: never[]) => T;

type Instances<Tokens extends readonly Token[]> = {
  readonly [I in keyof Tokens]: Tokens[I] extends Token<infer T> ? T : never;
};

/** Nest's FactoryProvider in which the parameters of the factory have the types of the injected classes. */
export const factory = <T, const Tokens extends readonly Token[]>(
  provide: Token<T>,
  inject: Tokens,
  useFactory: (...dependencies: Instances<Tokens>) => T | Promise<T>,
): FactoryProvider<T> => ({ provide, inject: [...inject], useFactory });

/** `exports`: all providers when absent. */
export const globalModule = (
  module: Type,
  providers: readonly Provider[],
  exports: DynamicModule['exports'] = [...providers],
): DynamicModule => ({ module, global: true, providers: [...providers], exports });
