import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import type { OperationDescriptor } from '../../contract/module.js';
import { isInternal } from './proto-names.js';
import { addWellKnown } from './protobuf-messages.js';

const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** Committed files by path: `proto/users/v1/users.proto`. */
export function committedProtos(): ReadonlyMap<string, string> {
  const paths = readdirSync(join(packageRoot, 'proto'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.proto'))
    .map((path) => `proto/${path.replaceAll('\\', '/')}`);
  return new Map(paths.sort().map((path) => [path, readFileSync(join(packageRoot, path), 'utf8')]));
}

export interface ProtoMethodTypes {
  readonly request: protobuf.Type;
  readonly response: protobuf.Type;
}

/** For empty messages, where protobufjs cannot skip unknown groups. Uses the highest field number. */
function addPlaceholders(within: protobuf.Namespace): void {
  if (within instanceof protobuf.Type && within.fieldsArray.length === 0) {
    within.add(new protobuf.Field('placeholder', 536_870_911, 'bool'));
  }
  for (const nested of within.nestedArray) if (nested instanceof protobuf.Namespace) addPlaceholders(nested);
}

export class ProtoSchema {
  readonly #root = new protobuf.Root();

  constructor(protos: ReadonlyMap<string, string>) {
    for (const text of protos.values()) protobuf.parse(text, this.#root);
    addPlaceholders(this.#root);
    addWellKnown(this.#root).resolveAll();
  }

  methodOf({ wire: { grpc } }: OperationDescriptor): ProtoMethodTypes | undefined {
    const service = this.#root.lookup(`${grpc.package}.${grpc.service}`, [protobuf.Service]);
    const method = service instanceof protobuf.Service ? service.methods[grpc.method] : undefined;
    const { resolvedRequestType: request, resolvedResponseType: response } = method ?? {};
    return request && response ? { request, response } : undefined;
  }
}

export const publicProtos = (protos: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...protos].filter(([, text]) => !isInternal(protobuf.parse(text, new protobuf.Root()).package ?? '')));
