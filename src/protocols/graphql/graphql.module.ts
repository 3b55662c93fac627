import { type DynamicModule, Injectable } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyInstance } from 'fastify';
import { type ExecutionResult, NoSchemaIntrospectionCustomRule, printSchema } from 'graphql';
import mercurius, { type MercuriusOptions } from 'mercurius';
import { Pipeline } from '../../pipeline/pipeline.js';
import { OperationRegistry } from '../../pipeline/registry.js';
import { Bus } from '../../ports/bus.js';
import { registerGraphiql } from './graphiql.js';
import { GraphqlEngine } from './graphql-engine.js';
import { defaultLimits, type GraphqlLimits } from './graphql-limits.js';
import { graphqlSchema, resolversOf } from './graphql-schema.js';
import type { GraphqlScope } from './graphql-scope.js';
import { HttpRoutes } from './http-routes.js';
import { SocketRoute } from './socket-route.js';
import { wireErrors } from './wire-errors.js';

export interface GraphqlOptions {
  readonly introspection: boolean;
  readonly graphiql: boolean;
  readonly limits?: Partial<GraphqlLimits>;
}

/** mercurius types errors as unformatted, and lacks an option of graphql-js. */
interface DriverConfig extends Omit<MercuriusDriverConfig, 'graphql' | 'errorFormatter'> {
  readonly graphql: object;
  readonly errorFormatter: (result: ExecutionResult, scope: GraphqlScope) => object;
  readonly addRoutes: (fastify: FastifyInstance) => void;
}

/** Omits the instrumentation hooks of @nestjs/mercurius, which cost two rounds of promises per request. */
@Injectable()
class OperationsDriver extends MercuriusDriver {
  override async start({ addRoutes, ...options }: MercuriusDriverConfig & DriverConfig): Promise<void> {
    const fastify = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register(mercurius, options as MercuriusOptions);
    addRoutes(fastify);
  }
}

/** `/graphql` over HTTP and WebSocket, generated from the registry; `/graphiql`. Needs registerWebSocketServer before it. */
export function graphqlModule(options: GraphqlOptions): DynamicModule {
  const limits = { ...defaultLimits, ...options.limits };
  return GraphQLModule.forRootAsync<DriverConfig>({
    driver: OperationsDriver,
    inject: [Pipeline, OperationRegistry, Bus],
    useFactory: (pipeline: Pipeline, registry: OperationRegistry, bus: Bus) => ({
      ...documentConfig(registry, options.introspection, limits),
      addRoutes: (fastify) =>
        addRoutes(fastify, new GraphqlEngine(fastify.graphql, { pipeline, bus }, limits), options),
    }),
  });
}

function documentConfig(
  registry: OperationRegistry,
  introspection: boolean,
  { tokens, cachedQueries }: GraphqlLimits,
): Omit<DriverConfig, 'addRoutes' | 'driver'> {
  const schema = graphqlSchema(registry.served('graphql'), registry.relations);
  return {
    // as text: @nestjs/graphql adds hand-written resolvers to no other schema
    typeDefs: printSchema(schema),
    resolvers: resolversOf(schema),
    routes: false,
    cache: cachedQueries,
    graphql: { parseOptions: { maxTokens: tokens }, validateOptions: { hideSuggestions: true } },
    validationRules: introspection ? [] : [NoSchemaIntrospectionCustomRule],
    errorFormatter: ({ data, errors }, scope) => ({
      statusCode: 200,
      response: { data, errors: wireErrors(errors ?? [], scope) },
    }),
  };
}

const path = '/graphql';

/** The routes of mercurius have their own error codes, and refuse sockets without a content type. */
function addRoutes(fastify: FastifyInstance, engine: GraphqlEngine, { graphiql }: GraphqlOptions): void {
  // on the root: a route in a plugin after the WebSocket server costs 6 to 8 microseconds more
  const http = new HttpRoutes(engine);
  http.register(fastify, path);
  // in a plugin: must come after the WebSocket server, whose hook serves it
  fastify.register(async (scope) => {
    scope.route({ method: 'GET', url: path, handler: http.get, wsHandler: new SocketRoute(engine).connect });
  });
  if (graphiql) fastify.register(async (scope) => registerGraphiql(scope, path));
}
