import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { OperationMetrics } from '../pipeline/operation-metrics.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import { CurrentRates } from '../platform/config/rates.js';
import { registerMetrics } from '../platform/observability/prometheus.js';
import { type Readiness, registerHealth } from '../platform/observability/readiness.js';
import { TokenKeys } from '../platform/security/token-keys.js';
import { answerError } from '../protocols/http/answer-error.js';
import { registerCors } from '../protocols/http/cors.js';
import type { RouteTable } from '../protocols/http/route-table.js';
import { asyncApiOf, openApiOf } from '../protocols/served-documents.js';
import { registerCircuitRoutes } from '../remote/resilience/circuit-routes.js';
import { Resilience } from '../remote/resilience/resilience.js';
import { processFamilies } from './process-families.js';

interface HttpParts {
  readonly app: NestFastifyApplication;
  readonly configuration: Configuration;
  readonly pipeline: Pipeline;
  readonly registry: OperationRegistry;
  readonly readiness: Readiness;
  readonly routes: RouteTable;
}

/** All routes but those of GraphQL, which its Nest module registers. The result drains the WebSocket connections. */
export async function httpRoutes(parts: HttpParts): Promise<() => Promise<void>> {
  const { app, configuration, readiness, routes } = parts;
  const { origins } = configuration;
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const serves = new Set(configuration.protocols);
  if (origins.length > 0) await registerCors(fastify, { origins, routes });
  registerHealth(fastify, readiness, configuration.serviceName);
  await circuits(fastify, parts.pipeline, app.get(Resilience));
  registerMetrics(fastify, app.get(OperationMetrics), processFamilies(app));
  const drain = serves.has('websocket') || serves.has('graphql') ? await webSockets(fastify, parts) : nothingToDrain;
  if (serves.has('rest')) await rest(fastify, parts);
  if (serves.has('rest') || serves.has('graphql')) await documents(fastify, parts);
  return drain;
}

async function circuits(fastify: FastifyInstance, pipeline: Pipeline, resilience: Resilience): Promise<void> {
  await fastify.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => answerError(pipeline, error, request, reply));
    registerCircuitRoutes(scope, resilience);
  });
}

async function rest(fastify: FastifyInstance, { pipeline, registry }: HttpParts): Promise<void> {
  const { registerRest } = await import('../protocols/rest/register-rest.js');
  const { registerDocs } = await import('../protocols/rest/docs-page.js');
  const operations = registry.served('rest');
  registerRest(fastify, { pipeline, operations });
  registerDocs(fastify, { openApi: openApiOf(operations) });
}

const nothingToDrain = async () => undefined;

async function webSockets(
  fastify: FastifyInstance,
  { app, configuration, pipeline, registry }: HttpParts,
): Promise<() => Promise<void>> {
  const { registerWebSocketServer } = await import('../protocols/websocket/websocket-server.js');
  const { limits, origins, protocols, http } = configuration;
  const options = {
    payloadBytes: limits.websocketPayloadBytes,
    origins,
    trustedProxies: http.trustedProxies,
    messageRate: app.get(CurrentRates).ofConnection,
  };
  registerWebSocketServer(fastify, options);
  if (!protocols.includes('websocket')) return nothingToDrain;
  const { registerWebSocket } = await import('../protocols/websocket/register-websocket.js');
  return registerWebSocket(fastify, { ...options, pipeline, operations: registry.served('websocket') });
}

async function documents(fastify: FastifyInstance, { app, configuration, registry }: HttpParts): Promise<void> {
  const { serveDocument } = await import('../protocols/rest/docs-page.js');
  const { topicPrefix } = configuration.mqtt;
  const keys = app.get(TokenKeys);
  serveDocument(fastify, '/asyncapi.json', asyncApiOf(registry.operations, topicPrefix));
  fastify.get('/.well-known/jwks.json', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send(keys.published),
  );
}
