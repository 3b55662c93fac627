import type { OperationDescriptor } from '../../contract/module.js';
import type { Operation } from '../../contract/operation.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { Bus } from '../../ports/bus.js';
import type { RowFilter } from '../../ports/current-call.js';
import type { RelationField } from './relation-fields.js';

type Row = Readonly<Record<string, unknown>>;
type BuildMessage = new (input: { readonly ids: readonly string[] }) => Operation;

/** A condition on a field outside the view matches no row. */
const isVisible = (row: Row, filter: RowFilter): boolean =>
  filter === 'all' || filter.some((wanted) => Object.entries(wanted).every(([field, value]) => row[field] === value));

export class RelatedRows {
  constructor(
    private readonly field: RelationField,
    private readonly pipeline: Pipeline,
    private readonly bus: Bus,
  ) {}

  get operation(): OperationDescriptor {
    return this.field.operation;
  }

  get maxIds(): number {
    return this.field.maxIds;
  }

  /** In the order of `ids`; undefined for rows that are missing or hidden from the caller of `call`. */
  async find(ids: readonly string[], call: CallContext): Promise<(Row | undefined)[]> {
    const { operation, access, list, by } = this.field;
    const filter = call.principal.rowsFor(access);
    if (filter !== 'all' && filter.length === 0) return ids.map(() => undefined);
    const Message = operation.message as unknown as BuildMessage;
    // as this service, because the operation is internal
    const output = await this.pipeline.within(call, () => this.bus.asService.execute(new Message({ ids })));
    const rows = (output as Record<string, readonly Row[]>)[list] ?? [];
    const byId = new Map(rows.filter((row) => isVisible(row, filter)).map((row) => [row[by], row]));
    return ids.map((id) => byId.get(id));
  }
}
