import { type DynamicModule, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyInstance } from 'fastify';
import { type ExecutionResult, NoSchemaIntrospectionCustomRule } from 'graphql';
import mercurius, { type MercuriusOptions } from 'mercurius';
import { Pipeline } from '../../pipeline/pipeline.js';
import { OperationRegistry } from '../../pipeline/registry.js';
import { Bus } from '../../ports/bus.js';
import { registerWebSocketServer, type WebSocketServerOptions } from '../websocket/websocket-server.js';
import { registerGraphiql } from './graphiql.js';
import { GraphqlEngine } from './graphql-engine.js';
import { defaultLimits, type GraphqlLimits } from './graphql-limits.js';
import type { GraphqlScope } from './graphql-scope.js';
import { HttpRoutes } from './http-routes.js';
import { operationResolvers } from './resolvers.js';
import { printSdl } from './sdl.js';
import { SocketRoute } from './socket-route.js';
import { wireErrors } from './wire-errors.js';

export interface GraphqlOptions {
  readonly introspection: boolean;
  readonly graphiql: boolean;
  readonly webSocket: WebSocketServerOptions;
  readonly limits?: Partial<GraphqlLimits>;
}

interface Operations {
  readonly pipeline: Pipeline;
  readonly registry: OperationRegistry;
  readonly bus: Bus;
}

function driverConfig(
  { pipeline, registry, bus }: Operations,
  introspection: boolean,
  { tokens, cachedQueries }: GraphqlLimits,
): Omit<MercuriusDriverConfig, 'driver'> {
  const operations = registry.served('graphql');
  const config = {
    typeDefs: printSdl(operations, registry.relations),
    resolvers: operationResolvers(operations, registry.relations, pipeline, bus),
    routes: false,
    cache: cachedQueries,
    graphql: { parseOptions: { maxTokens: tokens }, validateOptions: { hideSuggestions: true } },
    validationRules: introspection ? [] : [NoSchemaIntrospectionCustomRule],
    errorFormatter: ({ data, errors }: ExecutionResult, scope: GraphqlScope) => ({
      statusCode: 200,
      response: { data, errors: wireErrors(errors ?? [], scope, pipeline) },
    }),
  };
  // mercurius types the errors as unformatted
  return config as unknown as Omit<MercuriusDriverConfig, 'driver'>;
}

/** Omits the instrumentation hooks of @nestjs/mercurius, which cost two rounds of promises per request. */
@Injectable()
class OperationsDriver extends MercuriusDriver {
  override async start(options: MercuriusDriverConfig): Promise<void> {
    const fastify = this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>();
    await fastify.register(mercurius, options as MercuriusOptions);
  }
}

const path = '/graphql';

/** The routes of mercurius have their own error codes, and refuse sockets without a content type. */
class GraphqlRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly pipeline: Pipeline,
    private readonly options: GraphqlOptions & { readonly limits: GraphqlLimits },
  ) {}

  onApplicationBootstrap(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const { limits, graphiql, webSocket } = this.options;
    const engine = new GraphqlEngine(fastify.graphql, this.pipeline, limits);
    registerWebSocketServer(fastify, webSocket);
    // on the root: a route in a plugin after the WebSocket server costs 6 to 8 microseconds more
    const http = new HttpRoutes(engine);
    http.register(fastify, path);
    // in a plugin: must come after the WebSocket server, whose hook serves it
    fastify.register(async (scope) => {
      const handler: typeof http.get = (request, reply) => http.get(request, reply);
      scope.route({ method: 'GET', url: path, handler, wsHandler: new SocketRoute(engine).connect });
    });
    if (graphiql) fastify.register(async (scope) => registerGraphiql(scope, path));
  }
}

@Module({})
class GraphqlBinding {}

/** `/graphql` over HTTP and WebSocket, generated from the registry; `/graphiql`. */
export function graphqlModule(options: GraphqlOptions): DynamicModule {
  const limits = { ...defaultLimits, ...options.limits };
  return {
    module: GraphqlBinding,
    imports: [
      GraphQLModule.forRootAsync<MercuriusDriverConfig>({
        driver: OperationsDriver,
        inject: [Pipeline, OperationRegistry, Bus],
        useFactory: (pipeline: Pipeline, registry: OperationRegistry, bus: Bus) =>
          driverConfig({ pipeline, registry, bus }, options.introspection, limits),
      }),
    ],
    providers: [
      {
        provide: GraphqlRoutes,
        useFactory: (host: HttpAdapterHost, pipeline: Pipeline) =>
          new GraphqlRoutes(host, pipeline, { ...options, limits }),
        inject: [HttpAdapterHost, Pipeline],
      },
    ],
  };
}
