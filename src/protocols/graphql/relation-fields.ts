import { describe, type OperationDescriptor } from '../../contract/module.js';
import type { Relation } from '../../contract/relation.js';
import { listBounds, type ObjectShape } from '../../contract/shape.js';

export interface RelationField extends Pick<Relation, 'view' | 'from' | 'by' | 'access' | 'description'> {
  readonly name: string;
  readonly operation: OperationDescriptor;
  readonly maxIds: number;
  /** Output field with the rows. */
  readonly list: string;
  readonly target: ObjectShape;
}

/** Throws TypeError for an operation that does not look up by ids. */
export function relationField({ field: name, operation: message, ...rest }: Relation): RelationField {
  const operation = describe(message);
  return { ...rest, name, operation, ...lookUp(operation, `${rest.view}.${name}`) };
}

function lookUp({ id, input, output }: OperationDescriptor, path: string) {
  const ids = input.fields.find(({ name }) => name === 'ids')?.shape;
  const [list, ...others] = output?.fields ?? [];
  if (input.fields.length !== 1 || ids?.type !== 'list') throw new TypeError(`${path}: ${id} takes more than ids`);
  const { maxItems } = listBounds(ids);
  if (maxItems === undefined) throw new TypeError(`${path}: ${id} takes any number of ids: give it a max(…)`);
  if (list?.shape.type !== 'list' || list.shape.item.type !== 'object' || others.length > 0) {
    throw new TypeError(`${path}: the output of ${id} is not one list of views`);
  }
  return { maxIds: maxItems, list: list.name, target: list.shape.item };
}
