import type { ErrorObject } from '../json-rpc/error-object.js';
import { type ExactId, idText } from '../json-rpc/exact-id.js';

const head = (id: ExactId): string => `{"jsonrpc":"2.0","id":${idText(id)},`;

/** Put together as text: a third quicker than an object around the result. */
export const resultText = (id: ExactId, result: unknown): string => `${head(id)}"result":${JSON.stringify(result)}}`;

export const errorText = (id: ExactId, error: ErrorObject): string => `${head(id)}"error":${JSON.stringify(error)}}`;
