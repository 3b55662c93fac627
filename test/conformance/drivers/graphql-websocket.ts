import type { GraphQLSchema } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { FailureClass } from '../../../src/contract/failure.js';
import { traceIdOf } from './design-table.js';
import type { Answer, Call, Driver } from './driver.js';
import { type GraphqlResult, outcomeOf } from './graphql-http.js';
import { graphqlText } from './graphql-text.js';

/** GraphQL over WebSocket with graphql-ws: a connection for every token, in its `connection_init`. */
export class GraphqlWebSocketDriver implements Driver {
  readonly #url: string;
  readonly #clients = new Map<string | undefined, Client>();

  constructor(
    base: string,
    private readonly schema: GraphQLSchema,
  ) {
    this.#url = `${base.replace(/^http/, 'ws')}/graphql`;
  }

  async call(call: Call): Promise<Answer> {
    const { query, field } = graphqlText(this.schema, call.operation);
    const result = await this.#first(call, query);
    const { data, errors: [error] = [] } = result;
    const facts = error ? { data, path: error.path, traceId: error.extensions.trace_id } : {};
    return { outcome: outcomeOf(result, field, call.operation.output), facts };
  }

  success() {
    return {};
  }

  failure(_declared: FailureClass, { operation, traceparent }: Call) {
    const { field } = graphqlText(this.schema, operation);
    return {
      path: [field],
      data: operation.output ? { [field]: null } : null,
      ...(traceparent !== undefined && { traceId: traceIdOf(traceparent) }),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.dispose()));
  }

  async #first(call: Call, query: string): Promise<GraphqlResult> {
    const extensions = {
      request_id: call.requestId,
      traceparent: call.traceparent,
      timeout_ms: call.timeoutMs,
      idempotency_key: call.idempotencyKey,
    };
    const results = this.#client(call.token).iterate({ query, variables: { ...call.input }, extensions });
    for await (const result of results) return result as unknown as GraphqlResult;
    throw new Error('the operation completed without a result');
  }

  #client(token: string | undefined): Client {
    const known = this.#clients.get(token);
    if (known) return known;
    const client = createClient({
      url: this.#url,
      webSocketImpl: WebSocket,
      ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
    });
    this.#clients.set(token, client);
    return client;
  }
}
