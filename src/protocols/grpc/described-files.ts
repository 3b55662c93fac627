import protobuf from 'protobufjs';
import descriptor, { type IDescriptorProto, type IFileDescriptorProto } from 'protobufjs/ext/descriptor.js';
import { camelCase, upperFirst } from '../../contract/wire-names.js';
import { addWellKnown, wellKnownPaths } from './protobuf-messages.js';

interface DescribedFile {
  readonly imports: readonly string[];
  readonly bytes: Uint8Array;
}

/** `UnitCountsEntry`, as protoc names it; protobufjs writes `Unit_counts`, which Go rejects. */
function nameMapEntries(message: IDescriptorProto): void {
  for (const entry of message.nestedType ?? []) {
    const field = message.field?.find(({ typeName }) => typeName === entry.name);
    if (!entry.options?.mapEntry || !field) continue;
    entry.name = `${upperFirst(camelCase(field.name ?? ''))}Entry`;
    field.typeName = entry.name;
  }
}

export class DescribedFiles {
  readonly services: readonly string[];
  readonly #files = new Map<string, DescribedFile>();
  readonly #declaring = new Map<string, string>();

  /** `protos`: texts by import path, one file per package. */
  constructor(protos: ReadonlyMap<string, string>) {
    const root = new protobuf.Root();
    const imports = new Map<string, readonly string[]>();
    for (const [path, text] of protos) {
      const parsed = protobuf.parse(text, root, { keepCase: true });
      root.define(parsed.package ?? '').filename = path;
      imports.set(path, parsed.imports ?? []);
    }
    addWellKnown(root).resolveAll();
    for (const file of root.toDescriptor('proto3').file ?? []) this.#add(file, imports.get(file.name ?? ''));
    for (const path of wellKnownPaths) this.#addWellKnown(path);
    this.services = this.#index(root, '');
  }

  declaring(symbol: string): string | undefined {
    return this.#declaring.get(symbol);
  }

  /** With transitive imports, as bytes of FileDescriptorProto. */
  withDependencies(path: string, seen = new Set<string>()): Uint8Array[] {
    const file = this.#files.get(path);
    if (!file || seen.has(path)) return [];
    seen.add(path);
    return [file.bytes, ...file.imports.flatMap((name) => this.withDependencies(name, seen))];
  }

  #index(namespace: protobuf.NamespaceBase, file: string): string[] {
    return namespace.nestedArray.flatMap((nested) => {
      const name = nested.fullName.slice(1);
      const declaring = nested.filename ?? file;
      this.#declaring.set(name, declaring);
      if (!(nested instanceof protobuf.Service))
        return nested instanceof protobuf.Namespace ? this.#index(nested, declaring) : [];
      for (const method of nested.methodsArray) this.#declaring.set(`${name}.${method.name}`, declaring);
      return [name];
    });
  }

  #addWellKnown(path: string): void {
    const root = addWellKnown(new protobuf.Root(), [path]);
    root.define('google.protobuf').filename = path;
    for (const file of root.toDescriptor('proto3').file ?? []) this.#add(file, []);
  }

  #add(file: IFileDescriptorProto, imports: readonly string[] | undefined): void {
    if (!imports) return;
    file.messageType?.forEach(nameMapEntries);
    const bytes = descriptor.FileDescriptorProto.encode({ ...file, dependency: [...imports] }).finish();
    this.#files.set(file.name ?? '', { imports, bytes });
  }
}
