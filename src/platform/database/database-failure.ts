import { DeadlineExceeded, ServiceUnavailable } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import { driverKinds, errorCodes, sqlState } from './sql-state.js';

const QUERY_CANCELED = '57014';
/** Connection exceptions, too many connections, shutting down, starting up. */
const unreachableStates = /^(08...|53300|57P0[1-5])$/;
const unreachableKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'P1001',
  'P1017',
]);
/** Of pg, which gives these no code. */
const unreachableMessages =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

/** What a caller is told of an error of the database, if it is one that has nothing to do with what was asked. */
function databaseFailure(error: unknown): Failure | undefined {
  if (sqlState(error) === QUERY_CANCELED) return new DeadlineExceeded({ cause: error });
  return isUnreachable(error) ? new ServiceUnavailable({ cause: error, retryAfterSeconds: 1 }) : undefined;
}

function isUnreachable(error: unknown): boolean {
  return (
    unreachableStates.test(sqlState(error) ?? '') ||
    driverKinds(error).some((kind) => unreachableKinds.has(kind)) ||
    errorCodes(error).some((code) => unreachableCodes.has(code)) ||
    (error instanceof Error && unreachableMessages.test(error.message))
  );
}

/** For `catch`: throws the failure that `error` is, or `error` itself. */
export function rethrow(error: unknown): never {
  throw databaseFailure(error) ?? error;
}
