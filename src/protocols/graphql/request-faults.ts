import { InvalidArgument } from '../../contract/built-in-failures.js';
import { failure } from '../../contract/failure.js';

/** A document, or which of its operations is meant, in a request that is otherwise one of GraphQL over HTTP. */
export class InvalidDocument extends InvalidArgument {}

/** Clients of persisted queries look for this text or code, and then send the query itself. */
export class PersistedQueryNotSupported extends failure(
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'invalid_argument',
  'PersistedQueryNotSupported',
) {}
