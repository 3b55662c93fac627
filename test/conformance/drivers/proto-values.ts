import protobuf from 'protobufjs';

type Values = Record<string, unknown>;

const timestamp = '.google.protobuf.Timestamp';

/** `UserSort`, `NAME_ASC` -> `USER_SORT_NAME_ASC`. */
const prefixOf = ({ name }: protobuf.Enum): string => `${name.replaceAll(/(?<!^)([A-Z])/g, '_$1').toUpperCase()}_`;

function eachField(type: protobuf.Type, values: Values, convert: (field: protobuf.Field, value: unknown) => unknown) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = type.fields[name];
      if (!field) throw new Error(`${type.fullName} has no field ${name}`);
      return [name, Array.isArray(value) ? value.map((item) => convert(field, item)) : convert(field, value)];
    }),
  );
}

/** JSON in wire names -> what protobufjs takes: enums have their prefix, timestamps are messages. */
export function toMessage(type: protobuf.Type, values: Values): Values {
  return eachField(type, values, ({ resolvedType }, value) => {
    if (resolvedType instanceof protobuf.Enum) return prefixOf(resolvedType) + value;
    if (resolvedType?.fullName === timestamp)
      return { seconds: Math.floor(Date.parse(String(value)) / 1000), nanos: 0 };
    return resolvedType ? toMessage(resolvedType, value as Values) : value;
  });
}

/** What the wire leaves out of fields that are always there: zero, false and the empty text. */
const zeros = ({ fieldsArray }: protobuf.Type): Values =>
  Object.fromEntries(
    fieldsArray
      .filter(({ resolvedType, repeated, map, partOf }) => !resolvedType && !repeated && !map && !partOf)
      .map(({ name, typeDefault }) => [name, typeof typeDefault === 'object' ? 0 : typeDefault]),
  );

/** The other way round. */
export function fromMessage(type: protobuf.Type, values: Values): Values {
  const given = eachField(type, values, ({ resolvedType }, value) => {
    if (resolvedType instanceof protobuf.Enum) return String(value).replace(prefixOf(resolvedType), '');
    if (resolvedType?.fullName === timestamp) return momentOf(value as { seconds: number; nanos?: number });
    return resolvedType ? fromMessage(resolvedType, value as Values) : value;
  });
  return { ...zeros(type), ...given };
}

const momentOf = ({ seconds, nanos = 0 }: { seconds: number; nanos?: number }): string =>
  new Date(seconds * 1000 + nanos / 1_000_000).toISOString();
