import type protobuf from 'protobufjs';
import type { EnumShape, ObjectShape, Shape } from '../../contract/shape.js';
import { protoField } from './proto-field.js';
import { type Convert, same, toEnum, toTimestamp } from './wire-values.js';

/** Whether a value can be put on the wire at all; for values that nobody has validated. */
export type Guard = (shape: Shape) => (value: unknown) => boolean;

/** The wire has no form for this value. */
export class Inexpressible extends Error {}

type Resolved = protobuf.Type | protobuf.Enum | null;

function guarded(isExpressible: (value: unknown) => boolean, convert: Convert): Convert {
  return (value) => {
    if (!isExpressible(value)) throw new Inexpressible();
    return convert(value);
  };
}

function listEncoder(item: Convert): Convert {
  return item === same ? same : (value) => (value as unknown[]).map(item);
}

function mapEncoder(inner: Convert): Convert {
  if (inner === same) return same;
  return (value) => Object.fromEntries(Object.entries(value as object).map(([key, element]) => [key, inner(element)]));
}

function encoder(shape: Shape, resolved: Resolved, guard: Guard | undefined): Convert {
  const convert = unguarded(shape, resolved, guard);
  return guard ? guarded(guard(shape), convert) : convert;
}

function unguarded(shape: Shape, resolved: Resolved, guard: Guard | undefined): Convert {
  switch (shape.type) {
    case 'object':
      return fieldsEncoder(shape, resolved as protobuf.Type, guard);
    case 'enum':
      return toEnum(resolved as protobuf.Enum, shape as EnumShape);
    case 'list':
      return listEncoder(encoder(shape.item, resolved, guard));
    case 'map':
      return mapEncoder(encoder(shape.value, resolved, guard));
    default:
      return shape.type === 'timestamp' ? toTimestamp : same;
  }
}

/**
 * Compiled into one object literal, because a loop over names makes dictionary objects, which are slow to build and to
 * encode. Field names are `[a-z][A-Za-z0-9]*` by reflection, so none can break out of the source.
 */
function fieldsEncoder({ fields }: ObjectShape, type: protobuf.Type, guard: Guard | undefined): Convert {
  const inner = fields.map((field) => encoder(field.shape, protoField(type, field).resolved, guard));
  if (inner.every((convert) => convert === same)) return same;
  const properties = fields.map(({ name }, index) =>
    inner[index] === same ? `${name}: v.${name}` : `${name}: v.${name} == null ? undefined : c[${index}](v.${name})`,
  );
  return new Function('c', `return (v) => ({ ${properties.join(', ')} });`)(inner) as Convert;
}

/**
 * A TypeScript value of `shape` -> what protobufjs encodes as `type`. With `guard`, throws Inexpressible where the wire
 * would change the value in silence. Throws Error at boot when `type` does not fit the shape.
 */
export const messageEncoder = (shape: ObjectShape, type: protobuf.Type, guard?: Guard): Convert =>
  encoder(shape, type, guard);
