import { readFileSync } from 'node:fs';
import { moduleContracts } from '../../src/apps/modules.js';
import type { OperationDescriptor } from '../../src/contract/module.js';
import { committedProtos } from '../../src/protocols/grpc/proto-schema.js';
import type { WireDocuments } from './drivers/drivers.js';

/** Every operation there is. */
export const operations: readonly OperationDescriptor[] = moduleContracts.flatMap((module) => module.operations);

/** As they are committed and given to authors of clients. */
export const documents: WireDocuments = {
  sdl: readFileSync('src/schemas/schema.graphql', 'utf8'),
  protos: committedProtos(),
};
