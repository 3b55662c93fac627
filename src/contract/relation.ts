import type { z } from 'zod';
import type { Access } from './access.js';
import type { AnyOperationClass, OperationSpec } from './operation.js';
import type { Id } from './values.js';

/** A field of a view, in GraphQL only, whose value another operation gives. */
export interface Relation {
  /** Name of the view that gets the field. */
  readonly view: string;
  readonly field: string;
  /** The field of the view that holds the id; without a value there, there is none here. */
  readonly from: string;
  readonly operation: AnyOperationClass;
  /** The field of what is found that holds the id. */
  readonly by: string;
  /** Who sees it. Of `can(…)`, conditions must hold for fields of what is found. For others the field is empty. */
  readonly access: Access;
  readonly description?: string;
}

type IdsInput = z.ZodObject<{ ids: z.ZodArray<typeof Id> }>;

/** A query of ids, at most so many at once, that gives those it finds as its only field: `{ ids } -> { users }`. */
interface LookUp<O extends z.ZodObject> {
  readonly kind: 'query';
  readonly spec: OperationSpec<IdsInput, O>;
}

/** The fields of `T` that hold text. */
type TextField<T> = { [K in keyof T]-?: string extends Exclude<T[K], undefined> ? K : never }[keyof T] & string;

type Item<O> = O extends Record<string, readonly (infer I)[]> ? I : never;

interface RelationSpec<V extends z.ZodObject, O extends z.ZodObject> extends Omit<Relation, 'view'> {
  readonly view: V;
  readonly from: TextField<z.output<V>>;
  readonly operation: AnyOperationClass & LookUp<O>;
  readonly by: TextField<Item<z.output<O>>>;
}

/**
 * `relation({ view: AccountView, field: 'user', from: 'userId', operation: GetUsersByIds, by: 'id', access: can('read', 'User') })`
 * in `module('auth', {…}, { relations: […] })` gives every Account in GraphQL its `user`, by one operation for all of them.
 */
export function relation<V extends z.ZodObject, O extends z.ZodObject>({
  view,
  ...rest
}: RelationSpec<V, O>): Relation {
  const name = view.meta()?.id;
  if (!name) throw new TypeError(`the relation ${rest.field} belongs to no view('Name', {...})`);
  return { ...rest, view: name };
}
