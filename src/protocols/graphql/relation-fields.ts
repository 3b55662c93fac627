import { describe, type OperationDescriptor } from '../../contract/module.js';
import type { Operation } from '../../contract/operation.js';
import type { Relation } from '../../contract/relation.js';
import { listBounds, type ObjectShape } from '../../contract/shape.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { Bus } from '../../ports/bus.js';
import type { RowFilter } from '../../ports/current-call.js';

type Row = Readonly<Record<string, unknown>>;
type BuildMessage = new (input: { readonly ids: readonly string[] }) => Operation;

export interface RelationField extends Pick<Relation, 'view' | 'from' | 'by' | 'access' | 'description'> {
  readonly name: string;
  readonly operation: OperationDescriptor;
  readonly maxIds: number;
  readonly list: string;
  readonly target: ObjectShape;
}

export interface GraphqlServices {
  readonly pipeline: Pipeline;
  readonly bus: Bus;
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

/** A condition on a field outside the view matches no row. */
const isVisible = (row: Row, filter: RowFilter): boolean =>
  filter === 'all' || filter.some((wanted) => Object.entries(wanted).every(([field, value]) => row[field] === value));

/** In the order of `ids`; undefined for rows that are missing or hidden from the caller of `call`. */
export async function relatedRows(
  { operation, access, list, by }: RelationField,
  ids: readonly string[],
  context: CallContext,
  { pipeline, bus }: GraphqlServices,
): Promise<(Row | undefined)[]> {
  const filter = context.principal.rowsFor(access);
  if (filter !== 'all' && filter.length === 0) return ids.map(() => undefined);
  const Message = operation.message as unknown as BuildMessage;
  // as this service, because the operation is internal
  const output = await pipeline.runCancellable(context, () => bus.asService.execute(new Message({ ids })));
  const rows = (output as Record<string, readonly Row[]>)[list] ?? [];
  const byId = new Map(rows.filter((row) => isVisible(row, filter)).map((row) => [row[by], row]));
  return ids.map((id) => byId.get(id));
}
