import { type DynamicModule, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import { type ExecutionResult, NoSchemaIntrospectionCustomRule } from 'graphql';
import { Pipeline } from '../../pipeline/pipeline.js';
import { OperationRegistry } from '../../pipeline/registry.js';
import { Bus } from '../../ports/bus.js';
import type { WebSocketServerOptions } from '../websocket/websocket-server.js';
import { defaultLimits, type GraphqlLimits } from './graphql-limits.js';
import { GraphqlRoutes } from './graphql-routes.js';
import type { GraphqlScope } from './graphql-scope.js';
import { OperationsDriver } from './operations-driver.js';
import { operationResolvers } from './resolvers.js';
import { printSdl } from './sdl.js';
import { wireErrors } from './wire-errors.js';

export interface GraphqlOptions {
  /** For developers, and so is GraphiQL: not in production. */
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** Of the WebSocket server that all WebSocket protocols share. */
  readonly webSocket: WebSocketServerOptions;
  readonly limits?: Partial<GraphqlLimits>;
}

function driverConfig(
  pipeline: Pipeline,
  registry: OperationRegistry,
  bus: Bus,
  { introspection }: GraphqlOptions,
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
  // mercurius declares the errors of its formatter as they are inside, not as they are sent
  return config as unknown as Omit<MercuriusDriverConfig, 'driver'>;
}

@Module({})
class GraphqlBinding {}

/** GraphQL on `/graphql`, over HTTP and WebSocket, made from the operations of the registry; GraphiQL on `/graphiql`. */
export function graphqlModule(options: GraphqlOptions): DynamicModule {
  const limits = { ...defaultLimits, ...options.limits };
  return {
    module: GraphqlBinding,
    imports: [
      GraphQLModule.forRootAsync<MercuriusDriverConfig>({
        driver: OperationsDriver,
        inject: [Pipeline, OperationRegistry, Bus],
        useFactory: (pipeline: Pipeline, registry: OperationRegistry, bus: Bus) =>
          driverConfig(pipeline, registry, bus, options, limits),
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
