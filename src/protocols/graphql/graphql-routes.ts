import type { OnApplicationBootstrap } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { registerWebSocketServer, type WebSocketServerOptions } from '../websocket/websocket-server.js';
import { registerGraphiql } from './graphiql.js';
import { GraphqlEngine } from './graphql-engine.js';
import type { GraphqlLimits } from './graphql-limits.js';
import type { GraphqlService } from './graphql-service.js';
import { HttpRoutes } from './http-routes.js';
import { SocketRoute } from './socket-route.js';

const path = '/graphql';

interface GraphqlRouteOptions {
  readonly graphiql: boolean;
  readonly webSocket: WebSocketServerOptions;
  readonly limits: GraphqlLimits;
}

/** Adds the routes when mercurius is there: its own give its own error codes, and refuse sockets for their missing content type. */
export class GraphqlRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly pipeline: Pipeline,
    private readonly options: GraphqlRouteOptions,
  ) {}

  onApplicationBootstrap(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const { limits, graphiql, webSocket } = this.options;
    const service: GraphqlService = {
      pipeline: this.pipeline,
      schema: fastify.graphql.schema,
      engine: new GraphqlEngine(fastify.graphql, this.pipeline, limits),
      limits,
    };
    registerWebSocketServer(fastify, webSocket);
    // on the root: in a plugin after the WebSocket server the same request was measured 6 to 8 microseconds dearer
    const http = new HttpRoutes(service);
    http.register(fastify, path);
    // in a plugin of its own: the route then comes after the WebSocket server, whose hook serves it
    fastify.register(async (scope) => {
      const handler: typeof http.get = (request, reply) => http.get(request, reply);
      scope.route({ method: 'GET', url: path, handler, wsHandler: new SocketRoute(service).connect });
    });
    if (graphiql) fastify.register(async (scope) => registerGraphiql(scope, path));
  }
}
