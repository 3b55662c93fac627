import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

const noSuchValue = (type: string, expected: string): GraphQLError => new GraphQLError(`${type} must be ${expected}`);

function safeInteger(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw noSuchValue('SafeInt', 'an integer between -(2^53 - 1) and 2^53 - 1');
}

function dateTime(value: unknown): string {
  if (typeof value === 'string') return value;
  throw noSuchValue('DateTime', 'a string');
}

export const SafeInt = new GraphQLScalarType({
  name: 'SafeInt',
  description: 'An integer that a JSON number holds exactly: between -(2^53 - 1) and 2^53 - 1.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259#section-6',
  parseValue: safeInteger,
  parseLiteral: (node: ValueNode) => safeInteger(node.kind === Kind.INT ? Number(node.value) : undefined),
});

export const DateTime = new GraphQLScalarType({
  name: 'DateTime',
  description: 'A moment as RFC 3339 text: any offset in, UTC with milliseconds out, "2026-01-31T12:00:00.000Z".',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  parseValue: dateTime,
  parseLiteral: (node: ValueNode) => dateTime(node.kind === Kind.STRING ? node.value : undefined),
});
