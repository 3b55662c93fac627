import type { OperationDescriptor } from '../../contract/module.js';
import type { DocumentNode } from '../document.js';

/** One protocol's share of the document. */
export interface Described {
  readonly channels: Readonly<Record<string, DocumentNode>>;
  readonly operations: Readonly<Record<string, DocumentNode>>;
}

export const securityOf = ({ spec }: OperationDescriptor): DocumentNode =>
  spec.access.type === 'anyone' ? {} : { security: [{ $ref: '#/components/securitySchemes/bearer' }] };
