import { type GraphQLSchema, parse } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { isCompilable } from './compilable-document.js';
import type { GraphqlLimits } from './graphql-limits.js';
import type { GraphqlRequest } from './graphql-request.js';

type Query = CompiledQuery['query'];

/** Compiles a document when it comes a second time, where graphql-jit is correct. */
export class CompiledQueries {
  readonly #queries: LRUCache<string, Query | 'once' | 'never'>;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: GraphqlLimits,
  ) {
    this.#queries = new LRUCache({ max: limits.cachedQueries });
  }

  find(request: GraphqlRequest): Query | undefined {
    const query = this.#queries.get(keyOf(request));
    return typeof query === 'function' ? query : undefined;
  }

  executed(request: GraphqlRequest): void {
    const key = keyOf(request);
    const known = this.#queries.get(key);
    if (known === undefined) this.#queries.set(key, 'once');
    if (known === 'once') this.#queries.set(key, this.#compile(request) ?? 'never');
  }

  #compile({ query, operationName }: GraphqlRequest): Query | undefined {
    const document = parse(query, { maxTokens: this.limits.tokens });
    if (!isCompilable(document, this.schema)) return undefined;
    const compiled = compileQuery(this.schema, document, operationName);
    return isCompiledQuery(compiled) ? compiled.query : undefined;
  }
}

const keyOf = ({ query, operationName = '' }: GraphqlRequest): string => `${operationName} ${query}`;
