import pg from 'pg';

/** Overrides server, database and role. Set by SQL: PgBouncer rejects unknown startup parameters. */
const settings = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  // Prisma's adapter reads and writes timestamps without a zone
  TimeZone: 'UTC',
  bytea_output: 'hex',
  default_transaction_isolation: 'read committed',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  lock_timeout: '0',
  standard_conforming_strings: 'on',
};

const rows = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`);

/** PostgreSQL 13 has no idle_session_timeout. */
const sql = `select set_config(name, value, false) from (values ${rows.join(', ')}) as relied (name, value)
  where current_setting(name, true) is not null`;

/** Once per connection. Behind PgBouncer they apply to the server connection in use. */
export const prepareSession = (client: pg.ClientBase): Promise<unknown> => client.query(sql);

export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable';

/** The statement timeout comes first. */
const IDLE_SLACK_MS = 5_000;

/** Local to the transaction, so correct behind PgBouncer. */
export const transactionSettings = (isolationLevel: IsolationLevel, leftMs: number, tenant: string): string => `
  set transaction isolation level ${isolationLevel};
  set local statement_timeout = ${leftMs};
  set local idle_in_transaction_session_timeout = ${leftMs + IDLE_SLACK_MS};
  set local lock_timeout = 0;
  set local app.tenant = ${pg.escapeLiteral(tenant)}`;
