import type { ModuleContract, OperationDescriptor } from '../../src/contract/module.js';
import type { ObjectShape } from '../../src/contract/shape.js';
import { responseFields, responseName } from '../../src/protocols/grpc/proto-names.js';
import { ProtoLock } from './proto-lock.js';
import { importPath, type PlacedType, Placement } from './proto-placement.js';
import { type ProtoMessage, type ProtoMethod, ProtoPrinter } from './proto-printer.js';

function messagesOf(operation: OperationDescriptor): readonly ProtoMessage[] {
  return [
    { name: `${operation.name}Request`, fields: operation.input.fields, oneOf: false, inRequests: true },
    { name: responseName(operation), fields: responseFields(operation), oneOf: false, inRequests: false },
  ];
}

const viewMessage = (shape: ObjectShape, { inRequests }: PlacedType): ProtoMessage => ({ ...shape, inRequests });

const methodOf = ({ name, spec }: OperationDescriptor): ProtoMethod => ({
  name,
  ...(spec.description !== undefined && { description: spec.description }),
});

function refuseTwins(packageName: string, names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new TypeError(`${packageName} would have two messages called ${twin}`);
}

function printPackage(
  packageName: string,
  operations: readonly OperationDescriptor[],
  types: readonly PlacedType[],
  printer: ProtoPrinter,
): string {
  const views = types.flatMap((type) => (type.shape.type === 'object' ? [viewMessage(type.shape, type)] : []));
  const enums = types.flatMap(({ shape }) => (shape.type === 'enum' ? [shape] : []));
  const messages = [...operations.flatMap(messagesOf), ...views];
  refuseTwins(
    packageName,
    [...messages, ...enums].map(({ name }) => name),
  );
  const service = operations[0]?.wire.grpc.service;
  return printer.print({
    package: packageName,
    ...(service !== undefined && { service: { name: service, methods: operations.map(methodOf) } }),
    messages,
    enums,
  });
}

/**
 * The `.proto` files of all modules, by path from the root of the repository (`proto/users/v1/users.proto`), one a
 * package. `committed` are the files as they are now: their numbers stay. Throws TypeError on names that clash.
 */
export function printProtos(
  modules: readonly ModuleContract[],
  committed: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const lock = new ProtoLock(committed);
  const placement = new Placement(modules, lock);
  const printer = new ProtoPrinter(placement, lock);
  const operations = Map.groupBy(
    modules.flatMap((module) => module.operations).filter(({ protocols }) => protocols.includes('grpc')),
    ({ wire }) => wire.grpc.package,
  );
  const types = Map.groupBy(placement.types, (type) => type.package);
  const packages = [...new Set([...operations.keys(), ...types.keys()])].sort();
  return new Map(
    packages.map((name) => [
      `proto/${importPath(name)}`,
      printPackage(name, operations.get(name) ?? [], types.get(name) ?? [], printer),
    ]),
  );
}
