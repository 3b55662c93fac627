import { InvalidArgument } from '../contract/built-in-failures.js';
import type { Failure, Issue } from '../contract/failure.js';
import { httpKind } from '../contract/failure-table.js';
import type { OperationDescriptor } from '../contract/module.js';
import { perOperation } from '../contract/per-operation.js';
import { failureOf } from '../contract/received-failure.js';
import { validate } from '../contract/validate.js';
import { argumentsEncoder } from '../protocols/graphql/arguments-codec.js';
import { graphqlDocument, graphqlOutput } from './graphql-codec.js';
import { exchange, foreignFailure, type HttpAnswer } from './http-exchange.js';
import type { OutgoingCall, Transport } from './transport.js';

interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly details?: readonly Issue[] };
  }[];
}

const compiled = perOperation((operation) => ({
  ...graphqlDocument(operation),
  variables: argumentsEncoder(operation.input),
  output: graphqlOutput(operation.output),
}));

export class GraphqlTransport implements Transport {
  readonly #url: string;

  constructor(url: string) {
    const address = new URL(url);
    if (address.pathname === '/') address.pathname = '/graphql';
    this.#url = address.href;
  }

  async send(call: OutgoingCall): Promise<unknown> {
    const { operation, input } = call;
    const { query, field, variables, output } = compiled(operation);
    const body = JSON.stringify({ query, variables: variables(input) });
    const answer = await exchange({ method: 'POST', url: this.#url, body }, call);
    const { data, errors } = (answer.body ?? {}) as GraphqlAnswer;
    if (errors) throw failureIn(operation, input, answer);
    if (!data) throw foreignFailure(answer);
    return output(data[field]);
  }

  async close(): Promise<void> {}
}

function failureIn(operation: OperationDescriptor, input: object, answer: HttpAnswer): Failure {
  const [error] = (answer.body as GraphqlAnswer).errors ?? [];
  const code = error?.extensions?.code;
  if (!error || code === undefined) return foreignFailure(answer);
  const { status, retryAfterSeconds } = answer;
  const kind = status === 200 ? 'internal' : httpKind(status);
  const issues = error.extensions?.details;
  // the errors of GraphQL's own types lack the JSON Pointer
  if (code === InvalidArgument.code && !issues) validate(operation, input, (given) => given);
  return failureOf(operation, { code, kind, detail: error.message, issues, retryAfterSeconds });
}
