import type { Operation } from '../../contract/operation.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { RowFilter } from '../../ports/current-call.js';
import type { GraphqlServices } from './graphql-scope.js';
import type { RelationField } from './relation-fields.js';

type Row = Readonly<Record<string, unknown>>;
type BuildMessage = new (input: { readonly ids: readonly string[] }) => Operation;

/** A condition on a field outside the view matches no row. */
const isVisible = (row: Row, filter: RowFilter): boolean =>
  filter === 'all' || filter.some((wanted) => Object.entries(wanted).every(([field, value]) => row[field] === value));

/** In the order of `ids`; undefined for rows that are missing or hidden from the caller of `call`. */
export async function relatedRows(
  { operation, access, list, by }: RelationField,
  ids: readonly string[],
  call: CallContext,
  { pipeline, bus }: GraphqlServices,
): Promise<(Row | undefined)[]> {
  const filter = call.principal.rowsFor(access);
  if (filter !== 'all' && filter.length === 0) return ids.map(() => undefined);
  const Message = operation.message as unknown as BuildMessage;
  // as this service, because the operation is internal
  const output = await pipeline.within(call, () => bus.asService.execute(new Message({ ids })));
  const rows = (output as Record<string, readonly Row[]>)[list] ?? [];
  const byId = new Map(rows.filter((row) => isVisible(row, filter)).map((row) => [row[by], row]));
  return ids.map((id) => byId.get(id));
}
