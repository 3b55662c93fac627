import type { ErrorObject } from '../json-rpc/error-object.js';
import type { RequestId } from './json-rpc-request.js';

const head = (id: RequestId): string =>
  `{"jsonrpc":"2.0","id":${typeof id === 'number' ? String(id) : JSON.stringify(id)},`;

/** Put together as text: a third quicker than an object around the result. */
export const resultText = (id: RequestId, result: unknown): string => `${head(id)}"result":${JSON.stringify(result)}}`;

export const errorText = (id: RequestId, error: ErrorObject): string => `${head(id)}"error":${JSON.stringify(error)}}`;
