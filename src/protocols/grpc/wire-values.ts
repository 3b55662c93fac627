import type protobuf from 'protobufjs';
import { isObject } from '../../contract/json-codec.js';
import { type EnumShape, fold, type ScalarShape, type ScalarType } from '../../contract/shape.js';
import { timestampOf } from '../../contract/values.js';
import { enumValueName } from './proto-names.js';

/** TypeScript value to protobufjs value, or back. */
export type Convert = (value: unknown) => unknown;

export const same: Convert = (value) => value;

interface Long {
  toNumber(): number;
}

interface TimestampMessage {
  readonly seconds: number | Long;
  readonly nanos: number;
}

const toTimestamp: Convert = (value) => {
  const milliseconds = Date.parse(value as string);
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: (milliseconds - seconds * 1000) * 1_000_000 };
};

/** Integers beyond 53 bits stay so large that the schema refuses them. */
const fromInt64: Convert = (value) => (typeof value === 'number' ? value : (value as Long).toNumber());

/** UTC, milliseconds, `Z`; an invalid text when out of range. */
const fromTimestamp: Convert = (value) => {
  const { seconds, nanos } = value as TimestampMessage;
  const milliseconds = (fromInt64(seconds) as number) * 1000 + Math.floor(nanos / 1_000_000);
  const isValid = nanos >= 0 && nanos <= 999_999_999 && Math.abs(milliseconds) <= 8.64e15;
  return isValid ? timestampOf(new Date(milliseconds)) : 'out of range';
};

type Test = (value: unknown) => boolean;

/** UTF-8 cannot encode lone surrogates. */
const isText: Test = (value) => typeof value === 'string' && value.isWellFormed();

interface WireScalar {
  readonly proto: string;
  readonly fits: (value: unknown, shape: ScalarShape) => boolean;
  readonly encode?: Convert;
  readonly decode?: Convert;
}

export const wireScalars: Readonly<Record<ScalarType, WireScalar>> = {
  text: { proto: 'string', fits: isText },
  id: { proto: 'string', fits: isText },
  boolean: { proto: 'bool', fits: (value) => typeof value === 'boolean' },
  int32: { proto: 'int32', fits: (value) => Number.isInteger(value) && value === ((value as number) | 0) },
  int64: {
    proto: 'int64',
    fits: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 63,
    decode: fromInt64,
  },
  double: { proto: 'double', fits: (value) => typeof value === 'number' },
  timestamp: {
    proto: 'google.protobuf.Timestamp',
    fits: (value, { schema }) => schema.safeParse(value).success,
    encode: toTimestamp,
    decode: fromTimestamp,
  },
};

const hasOneAtMost = (fields: object): boolean =>
  Object.values(fields).filter((field) => field !== undefined).length <= 1;

/** Whether protobuf represents an unvalidated value exactly. */
export const fitsWire = fold<Test>({
  leaf: (shape) =>
    shape.type === 'enum'
      ? (value) => (shape.values as readonly unknown[]).includes(value)
      : (value) => wireScalars[shape.type].fits(value, shape),
  list: (item) => (value) => Array.isArray(value) && value.every(item),
  map: (element) => (value) =>
    isObject(value) && Object.keys(value).every(isText) && Object.values(value).every(element),
  object:
    (fields, { oneOf }) =>
    (value) => {
      if (!isObject(value) || (oneOf && !hasOneAtMost(value))) return false;
      for (const { name, inner } of fields) {
        const field = value[name] ?? undefined;
        if (field !== undefined && !inner(field)) return false;
      }
      return true;
    },
});

function numbersOf({ values }: protobuf.Enum, shape: EnumShape): [value: string, number: number][] {
  return shape.values.map((value) => [value, values[enumValueName(shape.name, value)] ?? 0]);
}

export function toEnum(proto: protobuf.Enum, shape: EnumShape): Convert {
  const numbers = new Map<unknown, number>(numbersOf(proto, shape));
  return (value) => numbers.get(value);
}

/** 0 is absent. Unknown numbers stay numbers, for the schema to refuse. */
export function fromEnum(proto: protobuf.Enum, shape: EnumShape): Convert {
  const names = new Map<unknown, string | undefined>(numbersOf(proto, shape).map(([value, number]) => [number, value]));
  names.set(0, undefined);
  return (value) => (names.has(value) ? names.get(value) : value);
}
