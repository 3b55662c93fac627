import type { FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  Location,
} from 'graphql';
import type { MercuriusPlugin } from 'mercurius';
import { Failure } from '../../contract/failure.js';
import { httpStatus } from '../../contract/failure-table.js';
import type { Inbound } from '../../pipeline/call-context.js';
import { CompiledQueries } from './compiled-queries.js';
import { checkDocument } from './document-limits.js';
import type { GraphqlLimits } from './graphql-limits.js';
import { type GraphqlRequest, InvalidDocument, PersistedQueryNotSupported } from './graphql-request.js';
import { GraphqlScope } from './graphql-scope.js';
import type { GraphqlServices } from './relation-fields.js';
import { wireError, wireErrors } from './wire-errors.js';

export interface GraphqlResult {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface Executed {
  /** Of HTTP; 200 also for a request error, whose result has no data. */
  readonly status: number;
  readonly result: GraphqlResult;
}

/** With mercurius, or compiled. Never throws: every answer is a result. */
export class GraphqlEngine {
  readonly #compiled: CompiledQueries;
  #cachedCharacters = 0;

  constructor(
    private readonly graphql: MercuriusPlugin,
    private readonly services: GraphqlServices,
    readonly limits: GraphqlLimits,
  ) {
    this.#compiled = new CompiledQueries(graphql.schema, limits);
    // before validation, which has quadratic rules; cached queries skip it
    graphql.addHook('preValidation', async (schema, document) => {
      // mercurius also accepts a syntax tree in JSON, which bypasses the limits of the parser
      if (!(document?.loc instanceof Location)) throw new InvalidDocument({ detail: 'A query is text in GraphQL' });
      checkRootTypes(document, schema);
      checkDocument(document, limits);
      this.#makeRoom(document.loc.source.body.length);
    });
  }

  get schema(): GraphQLSchema {
    return this.graphql.schema;
  }

  begin(request: FastifyRequest, inbound: Inbound): GraphqlScope {
    return new GraphqlScope(this.services, request, inbound);
  }

  /** mercurius limits the number of cached documents, not their size. Replacing the schema clears its cache. */
  #makeRoom(characters: number): void {
    this.#cachedCharacters += characters;
    if (this.#cachedCharacters <= this.limits.cachedCharacters) return;
    this.graphql.replaceSchema(this.graphql.schema);
    this.#cachedCharacters = characters;
  }

  async execute(request: GraphqlRequest, scope: GraphqlScope): Promise<Executed> {
    try {
      const result = (await this.#executeCompiled(request, scope)) ?? (await this.#executeByGraphqlJs(request, scope));
      return { status: 200, result };
    } catch (error) {
      return this.refuse(error, scope);
    }
  }

  async #executeCompiled(request: GraphqlRequest, scope: GraphqlScope): Promise<GraphqlResult | undefined> {
    const { data, errors } = (await this.#compiled.find(request)?.({}, scope, request.variables ?? {})) ?? {};
    // invalid variables: graphql-js reports them
    if (data === undefined) return undefined;
    return errors ? { data, errors: wireErrors(errors, scope) } : { data };
  }

  async #executeByGraphqlJs(request: GraphqlRequest, scope: GraphqlScope): Promise<GraphqlResult> {
    const { query, variables, operationName } = request;
    const { data, errors }: GraphqlResult = await this.graphql(query, scope, variables, operationName);
    if (data === undefined) return { errors };
    this.#compiled.executed(request);
    return errors ? { data, errors } : { data };
  }

  refuse(error: unknown, scope: GraphqlScope): Executed {
    const errors = requestErrors(error);
    if (errors) return { status: 200, result: { errors: wireErrors(errors, scope) } };
    const failure = error instanceof Failure ? error : scope.toFailure(error);
    const isRequestError = failure instanceof InvalidDocument || failure instanceof PersistedQueryNotSupported;
    return { status: isRequestError ? 200 : httpStatus(failure), result: { errors: [wireError(failure, scope)] } };
  }
}

/** Without this, subscriptions pass validation and fail in execution. */
function checkRootTypes({ definitions }: DocumentNode, schema: GraphQLSchema): void {
  for (const node of definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION && !schema.getRootType(node.operation)) {
      throw new InvalidDocument({ detail: `There is no ${node.operation} here` });
    }
  }
}

function requestErrors(error: unknown): readonly GraphQLError[] | undefined {
  if (error instanceof GraphQLError) return [error];
  const { code, errors } = error as { code?: unknown; errors?: readonly GraphQLError[] };
  return code === 'MER_ERR_GQL_VALIDATION' ? errors : undefined;
}
