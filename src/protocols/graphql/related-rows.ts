import type { OperationDescriptor } from '../../contract/module.js';
import type { Operation } from '../../contract/operation.js';
import type { CallContext } from '../../pipeline/call-context.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { Bus } from '../../ports/bus.js';
import type { RowFilter } from '../../ports/current-call.js';
import type { RelationField } from './relation-fields.js';

type Row = Readonly<Record<string, unknown>>;
type BuildMessage = new (input: { readonly ids: readonly string[] }) => Operation;

const none: ReadonlyMap<string, Row> = new Map();

/** A condition on a field that the view does not show holds for no row. */
const isVisible = (row: Row, filter: RowFilter): boolean =>
  filter === 'all' || filter.some((wanted) => Object.entries(wanted).every(([field, value]) => row[field] === value));

/** What one relation leads to. */
export class RelatedRows {
  constructor(
    private readonly field: RelationField,
    private readonly pipeline: Pipeline,
    private readonly bus: Bus,
  ) {}

  get operation(): OperationDescriptor {
    return this.field.operation;
  }

  /** By id those that are there and that the caller of `call` may see. The operation is asked by this service, for it is internal. */
  async find(ids: readonly string[], call: CallContext): Promise<ReadonlyMap<string, Row>> {
    const { access, list, by } = this.field;
    const filter = call.principal.rowsFor(access);
    if (filter !== 'all' && filter.length === 0) return none;
    const outputs = await this.pipeline.within(call, () => Promise.all(this.#messages(ids).map((it) => this.#ask(it))));
    const rows = outputs.flatMap((output) => output[list] ?? []).filter((row) => isVisible(row, filter));
    return new Map(rows.map((row) => [String(row[by]), row]));
  }

  #ask(message: Operation): Promise<Record<string, readonly Row[]>> {
    return this.bus.asService.execute(message) as Promise<Record<string, readonly Row[]>>;
  }

  #messages(ids: readonly string[]): Operation[] {
    const { operation, most } = this.field;
    const Message = operation.message as unknown as BuildMessage;
    const chunks = Math.ceil(ids.length / most);
    return Array.from(
      { length: chunks },
      (_, index) => new Message({ ids: ids.slice(index * most, (index + 1) * most) }),
    );
  }
}
