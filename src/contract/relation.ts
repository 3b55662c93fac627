import type { z } from 'zod';
import type { Access } from './access.js';
import type { AnyOperationClass, OperationSpec } from './operation.js';
import type { Id } from './values.js';

export interface Relation {
  readonly view: string;
  readonly field: string;
  readonly from: string;
  readonly operation: AnyOperationClass;
  readonly by: string;
  /** Who sees it; null for others. Conditions of `can(…)` apply to the related row. */
  readonly access: Access;
  readonly description?: string;
}

type IdsInput = z.ZodObject<{ ids: z.ZodArray<typeof Id> }>;

/** A query `{ ids } -> { users }` whose list of ids has a maximum. */
interface LookUp<O extends z.ZodObject> {
  readonly kind: 'query';
  readonly spec: OperationSpec<IdsInput, O>;
}

type TextField<T> = { [K in keyof T]-?: string extends Exclude<T[K], undefined> ? K : never }[keyof T] & string;

type Item<O> = O extends Record<string, readonly (infer I)[]> ? I : never;

interface RelationSpec<V extends z.ZodObject, O extends z.ZodObject> extends Omit<Relation, 'view'> {
  readonly view: V;
  readonly from: TextField<z.output<V>>;
  readonly operation: AnyOperationClass & LookUp<O>;
  readonly by: TextField<Item<z.output<O>>>;
}

/** `relation({ view: AccountView, field: 'user', from: 'userId', operation: GetUsersByIds, by: 'id', access: … })`. */
export function relation<V extends z.ZodObject, O extends z.ZodObject>({
  view,
  ...rest
}: RelationSpec<V, O>): Relation {
  const name = view.meta()?.id;
  if (!name) throw new TypeError(`the relation ${rest.field} belongs to no view('Name', {...})`);
  return { ...rest, view: name };
}
