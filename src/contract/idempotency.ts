import type { OperationDescriptor } from './module.js';
import { holdsSecret } from './shape.js';

/** Queries ignore a key, and so do outputs with credentials, which are never stored. */
export const takesIdempotencyKey = ({ kind, output }: Pick<OperationDescriptor, 'kind' | 'output'>): boolean =>
  kind === 'command' && !(output && holdsSecret(output));
