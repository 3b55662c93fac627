import { DeadlineExceeded, ServiceUnavailable } from '../../contract/built-in-failures.js';
import { Failure } from '../../contract/failure.js';
import { errorCodes, sqlState } from './sql-state.js';

/** Query canceled, idle in transaction timeout, transaction timeout. */
const overdueStates = /^(57014|25P0[34])$/;
/** Serialization failure, deadlock detected. */
const conflictStates = /^(40001|40P01)$/;
/** Connection, authentication, missing database, read-only, resources, lock timeout, shutdown, start, I/O error. */
const unusableStates = /^(08...|28...|3D000|25006|53...|55P03|57P0[1-5]|58030)$/;
const unreachableKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TlsConnectionError']);
const unreachableCodes =
  /^(ECONN(REFUSED|RESET|ABORTED)|E(HOST|NET)(UNREACH|DOWN)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|\w*CERT\w*|UNABLE_TO_\w+|P1001|P1017)$/;
/** Errors of pg without a code. */
const unreachableMessages =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|The server does not support SSL)/;

export const isConflict = (error: unknown): boolean => conflictStates.test(sqlState(error) ?? '');

export function isUnusable(error: unknown): boolean {
  return (
    unusableStates.test(sqlState(error) ?? '') ||
    errorCodes(error, 'kind').some((kind) => unreachableKinds.has(kind)) ||
    errorCodes(error).some((code) => unreachableCodes.test(code)) ||
    (error instanceof Error && unreachableMessages.test(error.message))
  );
}

/** Undefined for an error of the statement itself. */
export function databaseFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (overdueStates.test(sqlState(error) ?? '')) return new DeadlineExceeded({ cause: error });
  if (!isUnusable(error) && !isConflict(error)) return undefined;
  return new ServiceUnavailable({ cause: error, retryAfterSeconds: 1 });
}
