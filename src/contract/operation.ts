import type { z } from 'zod';
import type { Access } from './access.js';
import type { FailureClass } from './failure.js';
import type { Flag } from './flag.js';

export type OperationKind = 'command' | 'query';
export type Protocol = 'rest' | 'graphql' | 'grpc' | 'websocket' | 'mqtt';
export const protocols: readonly Protocol[] = ['rest', 'graphql', 'grpc', 'websocket', 'mqtt'];

type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type RestRoute = `${HttpMethod} /${string}`;

export type InputSchema = z.ZodObject;
export type OutputSchema = z.ZodObject | z.ZodVoid;

export interface OperationSpec<I extends InputSchema = InputSchema, O extends OutputSchema = OutputSchema> {
  readonly input: I;
  /** A view, a page of views, or `z.void()`. */
  readonly output: O;
  readonly access: Access;
  /** `POST /users/:id`; required unless the operation is internal or its protocols exclude REST. */
  readonly rest?: RestRoute;
  /** By default 201 for POST on a collection, 204 for an empty output, else 200. */
  readonly restStatus?: 200 | 201 | 202;
  readonly errors?: readonly FailureClass[];
  readonly protocols?: readonly Protocol[];
  readonly version?: number;
  readonly deadlineMs?: number;
  /** Per caller; the configured default when absent. */
  readonly ratePerSecond?: number;
  readonly enabledBy?: Flag;
  readonly qos?: 0 | 1;
  readonly description?: string;
}

declare const outputType: unique symbol;

export abstract class Operation<Input = unknown, Output = unknown> {
  declare readonly [outputType]: Output;
  readonly input: Input;

  constructor(input: Input) {
    this.input = input;
  }
}

type ConstructorArguments<I> = Record<never, never> extends I ? [input?: I] : [input: I];

export interface OperationClass<
  K extends OperationKind = OperationKind,
  I extends InputSchema = InputSchema,
  O extends OutputSchema = OutputSchema,
> {
  new (...args: ConstructorArguments<z.input<I>>): Operation<z.output<I>, z.output<O>>;
  readonly kind: K;
  readonly spec: OperationSpec<I, O>;
}

export interface AnyOperationClass {
  new (input: never): Operation;
  readonly kind: OperationKind;
  readonly spec: OperationSpec;
}

export type OutputOf<M> = M extends Operation<unknown, infer Output> ? Output : never;

export interface Handles<M extends Operation> {
  execute(message: M): Promise<OutputOf<M>>;
}

function define<K extends OperationKind>(kind: K) {
  return <I extends InputSchema, O extends OutputSchema>(spec: OperationSpec<I, O>): OperationClass<K, I, O> => {
    class Declared extends Operation<z.output<I>, z.output<O>> {
      static readonly kind = kind;
      static readonly spec = spec;

      constructor(input: unknown = {}) {
        super(input as z.output<I>);
      }
    }
    return Declared as unknown as OperationClass<K, I, O>;
  };
}

/** Retried only with an idempotency key. */
export const command = define('command');

export const query = define('query');
