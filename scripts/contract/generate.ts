import type { ModuleContract } from '../../src/contract/module.js';
import { OperationRegistry } from '../../src/pipeline/registry.js';
import { asyncApi } from './asyncapi/asyncapi.js';
import type { DocumentInfo, DocumentNode } from './document.js';
import { openApi } from './openapi/openapi.js';
import { printSdl } from './print-sdl.js';
import { printProtos } from './proto-document.js';
import { asyncApiPath, isProto, openApiPath, sdlPath, type WireDocuments } from './wire-documents.js';

const origin = 'Generated from the contracts by `npm run contract`; do not edit by hand.';

/** Every wire document of the modules. Numbers of protobuf fields continue those of `committed`. */
export function generate(
  modules: readonly ModuleContract[],
  info: DocumentInfo,
  committed: WireDocuments,
): WireDocuments {
  const registry = new OperationRegistry(modules);
  const { operations } = registry;
  const protos = new Map([...committed].filter(([path]) => isProto(path)));
  return new Map([
    [openApiPath, json(openApi(operations, info, modules))],
    [asyncApiPath, json(asyncApi(operations, info))],
    [sdlPath, `# ${origin}\n\n${printSdl(registry.served('graphql'), registry.relations)}`],
    ...printProtos(modules, protos),
  ]);
}

const json = ({ openapi, asyncapi, ...rest }: DocumentNode): string =>
  `${JSON.stringify({ openapi, asyncapi, 'x-generated': origin, ...rest }, null, 2)}\n`;
