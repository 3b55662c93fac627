import type protobuf from 'protobufjs';
import type { EnumShape, ObjectShape, Shape } from '../../contract/shape.js';
import { type ProtoField, protoField } from './proto-field.js';
import { type Convert, fromEnum, fromInt64, fromTimestamp, same } from './wire-values.js';

type Resolved = protobuf.Type | protobuf.Enum | null;

function listDecoder(item: Convert): Convert {
  return item === same ? same : (value) => (value as unknown[]).map(item);
}

function mapDecoder(inner: Convert): Convert {
  if (inner === same) return same;
  return (value) => Object.fromEntries(Object.entries(value as object).map(([key, element]) => [key, inner(element)]));
}

function decoder(shape: Shape, resolved: Resolved): Convert {
  switch (shape.type) {
    case 'object':
      return messageDecoder(shape, resolved as protobuf.Type);
    case 'enum':
      return fromEnum(resolved as protobuf.Enum, shape as EnumShape);
    case 'list':
      return listDecoder(decoder(shape.item, resolved));
    case 'map':
      return mapDecoder(decoder(shape.value, resolved));
    case 'int64':
      return fromInt64;
    default:
      return shape.type === 'timestamp' ? fromTimestamp : same;
  }
}

function assignment({ field: { name, shape }, hasPresence }: ProtoField, convert: Convert, index: number): string {
  const value = convert === same ? `m.${name}` : `c[${index}](m.${name})`;
  if (shape.type === 'list') return `o.${name} = has(m, '${name}') ? ${value} : [];`;
  if (shape.type === 'map') return `o.${name} = has(m, '${name}') ? ${value} : {};`;
  return hasPresence ? `if (has(m, '${name}')) o.${name} = ${value};` : `o.${name} = ${value};`;
}

/**
 * A decoded message of `type` -> a plain TypeScript value of `shape`: absent lists and maps are empty, absent fields
 * without presence have their zero. Throws Error at boot when `type` does not fit the shape.
 */
export function messageDecoder(shape: ObjectShape, type: protobuf.Type): Convert {
  const fields = shape.fields.map((field) => protoField(type, field));
  const inner = fields.map(({ field, resolved }) => decoder(field.shape, resolved));
  const body = fields.map((field, index) => assignment(field, inner[index] ?? same, index)).join(' ');
  return new Function('c', 'has', `return (m) => { const o = {}; ${body} return o; };`)(
    inner,
    Object.hasOwn,
  ) as Convert;
}
