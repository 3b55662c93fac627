import { z } from 'zod';
import type { ModuleContract, OperationDescriptor } from '../../src/contract/module.js';
import * as pagination from '../../src/contract/pagination.js';
import type { EnumShape, ObjectShape, ScalarShape, Shape } from '../../src/contract/shape.js';
import * as values from '../../src/contract/values.js';
import { isInternal } from '../../src/protocols/grpc/proto-names.js';
import type { ProtoLock } from './proto-lock.js';

export type NamedShape = ObjectShape | EnumShape;

/** A named type of the contracts and the package that declares it. */
export interface PlacedType {
  readonly shape: NamedShape;
  readonly package: string;
  /** Reachable from a request, so presence counts: a missing field is reported to the caller. */
  readonly inRequests: boolean;
}

/** Types that belong to no module: `Money`, `PageMeta`. */
const valuesPackage = 'values.v1';
const contractOwn = new Set(
  Object.values({ ...values, ...pagination }).flatMap(
    (value) => (value instanceof z.ZodType && value.meta()?.id) || [],
  ),
);

/** `users.internal.v1` -> `users/internal/v1/users_internal.proto`: what an import says. */
export function importPath(packageName: string): string {
  const folders = packageName.split('.');
  return `${folders.join('/')}/${folders.slice(0, -1).join('_')}.proto`;
}

/** The type of a field without `repeated` or `map`. */
export function itemOf(shape: Shape): ScalarShape | NamedShape {
  if (shape.type === 'list') return shape.item;
  return shape.type === 'map' ? shape.value : shape;
}

function namedParts(shape: Shape): readonly NamedShape[] {
  const item = itemOf(shape);
  return 'name' in item ? [item] : [];
}

/** What a response is about: the view, or what a page lists. */
function ownOutputs({ output }: OperationDescriptor): readonly NamedShape[] {
  if (!output) return [];
  return output.page ? output.fields.flatMap((field) => namedParts(field.shape)) : [output];
}

const inputParts = ({ input }: OperationDescriptor): readonly NamedShape[] =>
  input.fields.flatMap((field) => namedParts(field.shape));

function signature(shape: NamedShape): string {
  if (shape.type === 'enum') return shape.values.join(' ');
  const typeOf = (inner: Shape): string => {
    const [named] = namedParts(inner);
    return named
      ? `${inner.type}<${named.name}>`
      : JSON.stringify(inner, (key, value) => (key === 'schema' ? undefined : value));
  };
  return shape.fields.map(({ wire, shape: inner, optional }) => `${wire} ${typeOf(inner)} ${optional}`).join(', ');
}

/**
 * Assigns every view and enum to one package: that of the committed files, else the package of the operation whose own output
 * it is, else that of what it is first used in. What public operations use is never in an internal package.
 */
export class Placement {
  readonly #types = new Map<string, PlacedType>();
  readonly #packages: ReadonlySet<string>;

  constructor(
    modules: readonly ModuleContract[],
    private readonly lock: ProtoLock,
  ) {
    const operations = modules.flatMap((module) => module.operations);
    this.#packages = new Set(operations.map(({ wire }) => wire.grpc.package));
    const areInternal = (operation: OperationDescriptor) => isInternal(operation.wire.grpc.package);
    this.#place(operations.filter((operation) => !areInternal(operation)));
    this.#place(operations.filter(areInternal));
    for (const part of operations.flatMap(inputParts)) this.#markRequested(part);
  }

  get types(): Iterable<PlacedType> {
    return this.#types.values();
  }

  find(name: string): PlacedType {
    const type = this.#types.get(name);
    if (!type) throw new TypeError(`${name} has no place in the .proto files`);
    return type;
  }

  #place(operations: readonly OperationDescriptor[]): void {
    for (const operation of operations) {
      for (const output of ownOutputs(operation)) this.#add(output, operation.wire.grpc.package);
    }
    for (const operation of operations) {
      const parts = [...ownOutputs(operation), ...inputParts(operation)];
      for (const part of parts) this.#descend(part, operation.wire.grpc.package);
    }
  }

  #add(shape: NamedShape, packageName: string): string {
    const known = this.#types.get(shape.name);
    if (known) {
      if (signature(known.shape) === signature(shape)) return known.package;
      throw new TypeError(`two different types are called ${shape.name}`);
    }
    const owner = this.#packageOf(shape.name, packageName);
    this.#types.set(shape.name, { shape, package: owner, inRequests: false });
    return owner;
  }

  #packageOf(name: string, packageName: string): string {
    if (contractOwn.has(name)) return valuesPackage;
    const committed = this.lock.packageOf(name, [...this.#packages]);
    const hidden = committed !== undefined && isInternal(committed) && !isInternal(packageName);
    return committed === undefined || hidden ? packageName : committed;
  }

  #descend(shape: NamedShape, packageName: string): void {
    const owner = this.#add(shape, packageName);
    if (shape.type === 'enum') return;
    for (const part of shape.fields.flatMap((field) => namedParts(field.shape))) this.#descend(part, owner);
  }

  #markRequested(shape: NamedShape): void {
    this.#types.set(shape.name, { ...this.find(shape.name), inRequests: true });
    if (shape.type === 'enum') return;
    for (const part of shape.fields.flatMap((field) => namedParts(field.shape))) this.#markRequested(part);
  }
}
