import type { Operation, OutputOf } from './operation.js';

type HandlerClass<M extends Operation = never, Given = unknown> = new (
  ...dependencies: never[]
) => { execute(message: M): Promise<Given> };

type Keys<T> = T extends unknown ? keyof T : never;
type Field<T, K extends PropertyKey> = T extends { readonly [P in K]?: infer V } ? NonNullable<V> : never;

type Undeclared<Given, Declared> = Given extends readonly (infer GivenItem)[]
  ? Undeclared<GivenItem, Declared extends readonly (infer Item)[] ? Item : never>
  : Given extends object
    ? Exclude<keyof Given, Keys<Declared>> | UndeclaredWithin<Given, Declared>
    : never;

type UndeclaredWithin<Given, Declared> = {
  [K in Extract<keyof Given, Keys<Declared>>]-?: Undeclared<NonNullable<Given[K]>, Field<Declared, K>>;
}[Extract<keyof Given, Keys<Declared>>];

/** A handler without a message names no operation, so it is not checked. */
type UndeclaredOutput<C> =
  C extends HandlerClass<infer M, infer Given>
    ? unknown extends OutputOf<M>
      ? never
      : Undeclared<Given, OutputOf<M>>
    : never;

type Exactly<C> = [UndeclaredOutput<C>] extends [never]
  ? C
  : `the output of the operation has no field ${UndeclaredOutput<C> & string}`;

/** Here an undeclared output field is a compile error; `implements Handles<…>` allows it. */
export const handlers = <const C extends readonly HandlerClass[]>(
  ...classes: C & { readonly [I in keyof C]: Exactly<C[I]> }
): C => classes;
