import type { PrismaDatabase } from './prisma-database.js';

export interface PageQuery {
  /** SQL of the select list: `user_id as "userId", email`. */
  readonly columns: string;
  readonly table: string;
  readonly where: string;
  readonly values: readonly unknown[];
  /** For text search: rows are matched once and kept. */
  readonly isCostly?: boolean;
  readonly orderBy: string;
  readonly page: number;
  readonly limit: number;
}

export interface FoundPage<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

interface Counted {
  readonly '#total': bigint;
  readonly '#found': boolean | null;
}

/** Pages count from 1. Page and total come from one statement, so from one snapshot. */
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
