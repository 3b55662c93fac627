import { InvalidArgument } from '../contract/built-in-failures.js';
import type { Failure, Issue } from '../contract/failure.js';
import { httpKind } from '../contract/failure-table.js';
import { asIs } from '../contract/json-codec.js';
import type { OperationDescriptor } from '../contract/module.js';
import { perOperation } from '../contract/per-operation.js';
import { failureOf } from '../contract/received-failure.js';
import { fold } from '../contract/shape.js';
import { validate } from '../contract/validate.js';
import { argumentsDecoder, argumentsEncoder } from '../protocols/graphql/arguments-codec.js';
import { GraphqlTypes } from '../protocols/graphql/graphql-types.js';
import { exchange, foreignFailure, type HttpAnswer } from './http-exchange.js';
import { outputDecoder, type Transport } from './transport.js';

interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly details?: readonly Issue[] };
  }[];
}

const compiled = perOperation((operation) => ({
  ...documentOf(operation),
  variables: argumentsEncoder(operation.input),
  output: outputDecoder(operation.output, argumentsDecoder),
}));

export function graphqlTransport(url: string): Transport {
  const address = new URL(url);
  if (address.pathname === '/') address.pathname = '/graphql';
  return {
    async send(call) {
      const { operation, input } = call;
      const { query, field, variables, output } = compiled(operation);
      const body = JSON.stringify({ query, variables: variables(input) });
      const answer = await exchange({ method: 'POST', url: address.href, body }, call);
      const { data, errors } = (answer.body ?? {}) as GraphqlAnswer;
      if (errors) throw failureIn(operation, input, answer);
      if (!data) throw foreignFailure(answer);
      return output(data[field]);
    },
  };
}

function failureIn(operation: OperationDescriptor, input: object, answer: HttpAnswer): Failure {
  const [error] = (answer.body as GraphqlAnswer).errors ?? [];
  const code = error?.extensions?.code;
  if (!error || code === undefined) return foreignFailure(answer);
  const { status, retryAfterSeconds } = answer;
  const kind = status === 200 ? 'internal' : httpKind(status);
  const issues = error.extensions?.details;
  // the errors of GraphQL's own types lack the JSON Pointer
  if (code === InvalidArgument.code && !issues) validate(operation, input, asIs);
  return failureOf(operation, { code, kind, detail: error.message, issues, retryAfterSeconds });
}

const selection = fold<string>({
  leaf: () => '',
  list: (item) => item,
  map: (value) => ` { key value${value} }`,
  object: (fields) => ` { ${fields.map(({ name, inner }) => name + inner).join(' ')} }`,
});

const parenthesized = (items: readonly string[]): string => (items.length === 0 ? '' : `(${items.join(', ')})`);

function documentOf({ kind, wire, input, output }: OperationDescriptor) {
  const field = output?.page ? `${wire.graphql}Page` : wire.graphql;
  const given = Object.entries(new GraphqlTypes().arguments(input));
  const declared = parenthesized(given.map(([name, { type }]) => `$${name}: ${type}`));
  const passed = parenthesized(given.map(([name]) => `${name}: $${name}`));
  const root = kind === 'query' ? 'query' : 'mutation';
  return { field, query: `${root}${declared} { ${field}${passed}${output ? selection(output) : ''} }` };
}
