import pg from 'pg';

/**
 * What our SQL and the drivers rely on, whatever the server, the database or the role says. Not as parameters of the
 * connection: PgBouncer refuses those it does not know.
 */
const settings = {
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  // Prisma's adapter writes timestamps without a zone and drops that of those it reads
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

/** Of a new connection. Through PgBouncer they hold for whichever connection of its own it takes. */
export const prepareSession = (client: pg.ClientBase): Promise<unknown> => client.query(sql);

export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable';

/** The statement timeout ends the transaction first. */
const IDLE_SLACK_MS = 5_000;

/** The first statements of a transaction of `leftMs`: they hold for it alone, through PgBouncer too. */
export const transactionSettings = (isolationLevel: IsolationLevel, leftMs: number, tenant: string): string => `
  set transaction isolation level ${isolationLevel};
  set local statement_timeout = ${leftMs};
  set local idle_in_transaction_session_timeout = ${leftMs + IDLE_SLACK_MS};
  set local lock_timeout = 0;
  set local app.tenant = ${pg.escapeLiteral(tenant)}`;
