import protobuf from 'protobufjs';
import type { EnumShape, Field, Shape } from '../../contract/shape.js';
import { enumValueName, scalarName, timestampType } from './proto-names.js';

/** What a field of a contract is in the `.proto` files, found once at boot. */
export interface ProtoField {
  readonly field: Field;
  /** Whether the wire tells absent from zero. */
  readonly hasPresence: boolean;
  /** Of the field, or of the items of a list or map. */
  readonly resolved: protobuf.Type | protobuf.Enum | null;
}

function holds(proto: protobuf.Field, shape: Shape): boolean {
  if (shape.type === 'list') return proto.repeated && holdsItem(proto, shape.item);
  if (shape.type === 'map') return proto.map && holdsItem(proto, shape.value);
  return !proto.repeated && !proto.map && holdsItem(proto, shape);
}

function holdsItem({ type, resolvedType }: protobuf.Field, shape: Shape): boolean {
  if (shape.type === 'timestamp') return resolvedType?.fullName === `.${timestampType}`;
  if (shape.type === 'object') return resolvedType instanceof protobuf.Type && resolvedType.name === shape.name;
  if (shape.type !== 'enum') return type === scalarName(shape.type);
  return resolvedType instanceof protobuf.Enum && hasValues(resolvedType, shape);
}

const hasValues = (proto: protobuf.Enum, { name, values }: EnumShape): boolean =>
  values.every((value) => proto.values[enumValueName(name, value)] !== undefined);

/** Throws an Error that names the field when the `.proto` files lack it or have another type for it. */
export function protoField(type: protobuf.Type, field: Field): ProtoField {
  const proto = type.fieldsArray.find(({ protoName }) => protoName === field.wire);
  if (!proto || !holds(proto, field.shape)) {
    throw new Error(`${type.fullName.slice(1)}.${field.wire} is not there, or not as the contract has it`);
  }
  // protobufjs tells it of scalars and enums only
  const isMessage = proto.resolvedType instanceof protobuf.Type && !proto.repeated && !proto.map;
  return { field, hasPresence: isMessage || Boolean(proto.hasPresence), resolved: proto.resolvedType };
}
