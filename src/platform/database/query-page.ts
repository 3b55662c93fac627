import type { PrismaDatabase } from './prisma-database.js';

export interface PageQuery {
  /** As they are selected: `user_id as "userId", email`. */
  readonly columns: string;
  readonly table: string;
  /** With `$1`, `$2`, … for the values. */
  readonly where: string;
  readonly values: readonly unknown[];
  /** To look at a row costs more than to keep it, as with a search in texts: every row is looked at once. */
  readonly isCostly?: boolean;
  /** In the names of the selected columns. */
  readonly orderBy: string;
  /** From 1. */
  readonly page: number;
  readonly limit: number;
}

export interface FoundPage<Row> {
  readonly rows: readonly Row[];
  /** On all pages. */
  readonly total: number;
}

/** Names that no column of a table has. */
interface Counted {
  readonly '#total': bigint;
  /** Null in the one row of a page without any. */
  readonly '#found': boolean | null;
}

/** A page and the total of all pages, of one moment: they come from one statement. */
export async function queryPage<Row extends object>(
  database: PrismaDatabase,
  { columns, table, where, values, isCostly = false, orderBy, page, limit }: PageQuery,
): Promise<FoundPage<Row>> {
  const [limitAt, offsetAt] = [values.length + 1, values.length + 2];
  const sql = `with matching as ${isCostly ? '' : 'not '}materialized (
      select true as "#found", ${columns} from ${table} where ${where}
    )
    select counted.*, found.*
    from (select count(*) as "#total" from matching) as counted
    left join (select * from matching order by ${orderBy} limit $${limitAt} offset $${offsetAt}) as found on true
    order by ${orderBy}`;
  const counted = await database.query<Counted & Row>(sql, [...values, limit, (page - 1) * limit]);
  return { rows: counted.filter((row) => row['#found']).map(selected), total: Number(counted[0]?.['#total'] ?? 0) };
}

function selected<Row extends object>({ '#total': _total, '#found': _found, ...row }: Counted & Row): Row {
  return row as unknown as Row;
}
