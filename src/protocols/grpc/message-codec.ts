import protobuf from 'protobufjs';
import {
  type EnumShape,
  type Field,
  type FoldedField,
  fold,
  type Shape,
  type ShapeCases,
} from '../../contract/shape.js';
import { enumValueName } from './proto-names.js';
import { type Convert, fromEnum, same, toEnum, wireScalars } from './wire-values.js';

/** Of a field, list item or map value; null for scalars. */
type Resolved = protobuf.Type | protobuf.Enum | null;

type Compile = (resolved: Resolved) => Convert;

const convertItems = (item: Convert): Convert => (item === same ? same : (value) => (value as unknown[]).map(item));

function convertValues(inner: Convert): Convert {
  if (inner === same) return same;
  return (value) => Object.fromEntries(Object.entries(value as object).map(([key, element]) => [key, inner(element)]));
}

function holdsItem({ type, resolvedType }: protobuf.Field, shape: Shape): boolean {
  if (shape.type === 'object') return resolvedType instanceof protobuf.Type && resolvedType.name === shape.name;
  if (shape.type === 'enum') return resolvedType instanceof protobuf.Enum && hasValues(resolvedType, shape);
  const expected = shape.type === 'list' || shape.type === 'map' ? undefined : wireScalars[shape.type].proto;
  return (resolvedType?.fullName.slice(1) ?? type) === expected;
}

const hasValues = (proto: protobuf.Enum, { name, values }: EnumShape): boolean =>
  values.every((value) => proto.values[enumValueName(name, value)] !== undefined);

function holds(proto: protobuf.Field, shape: Shape): boolean {
  if (shape.type === 'list') return proto.repeated && holdsItem(proto, shape.item);
  if (shape.type === 'map') return proto.map && holdsItem(proto, shape.value);
  return !proto.repeated && !proto.map && holdsItem(proto, shape);
}

function protoField(type: protobuf.Type, field: Field): protobuf.Field {
  const proto = type.fieldsArray.find(({ protoName }) => protoName === field.wire);
  if (proto && holds(proto, field.shape)) return proto;
  throw new Error(`${type.fullName.slice(1)}.${field.wire} is missing, or differs from the contract`);
}

const compiled = (type: Resolved, fields: readonly FoldedField<Compile>[]) =>
  fields.map((field) => {
    const proto = protoField(type as protobuf.Type, field);
    return { name: field.name, shape: field.shape, proto, convert: field.inner(proto.resolvedType) };
  });

const collections: Pick<ShapeCases<Compile>, 'list' | 'map'> = {
  list: (item) => (resolved) => convertItems(item(resolved)),
  map: (value) => (resolved) => convertValues(value(resolved)),
};

/** Compiled into object literals, as `jsonEncoder` is. Throws Error when the `.proto` type does not fit the shape. */
export const messageEncoder = fold<Compile>({
  leaf: (shape) => (resolved) =>
    shape.type === 'enum' ? toEnum(resolved as protobuf.Enum, shape) : (wireScalars[shape.type].encode ?? same),
  ...collections,
  object: (fields) => (type) => {
    const inner = compiled(type, fields);
    if (inner.every(({ convert }) => convert === same)) return same;
    const properties = inner.map(({ name, convert }, index) =>
      convert === same ? `${name}: v.${name}` : `${name}: v.${name} == null ? undefined : c[${index}](v.${name})`,
    );
    const converters = inner.map(({ convert }) => convert);
    return new Function('c', `return (v) => ({ ${properties.join(', ')} });`)(converters) as Convert;
  },
});

const emptyForms: Partial<Record<Shape['type'], string>> = { list: '[]', map: '{}' };

/** protobufjs sets `hasPresence` for scalars and enums only. */
const tracksPresence = ({ resolvedType, hasPresence }: protobuf.Field): boolean =>
  resolvedType instanceof protobuf.Type || Boolean(hasPresence);

/** Absent lists and maps become empty, absent fields without presence their zero value. */
export const messageDecoder = fold<Compile>({
  leaf: (shape) => (resolved) =>
    shape.type === 'enum' ? fromEnum(resolved as protobuf.Enum, shape) : (wireScalars[shape.type].decode ?? same),
  ...collections,
  object: (fields) => (type) => {
    const inner = compiled(type, fields);
    const assignments = inner.map(({ name, shape, proto, convert }, index) => {
      const value = convert === same ? `m.${name}` : `c[${index}](m.${name})`;
      const empty = emptyForms[shape.type];
      if (empty) return `o.${name} = has(m, '${name}') ? ${value} : ${empty};`;
      return tracksPresence(proto) ? `if (has(m, '${name}')) o.${name} = ${value};` : `o.${name} = ${value};`;
    });
    const body = `return (m) => { const o = {}; ${assignments.join(' ')} return o; };`;
    const converters = inner.map(({ convert }) => convert);
    return new Function('c', 'has', body)(converters, Object.hasOwn) as Convert;
  },
});
