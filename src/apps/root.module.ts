import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { pipelineModule } from '../pipeline/pipeline.module.js';
import type { Placement } from '../pipeline/registry.js';
import { cacheModule } from '../platform/cache/cache.module.js';
import { configModule } from '../platform/config/config.module.js';
import type { Configuration } from '../platform/config/configuration.js';
import type { PrismaDatabase } from '../platform/database/prisma-database.js';
import { dynamicModule } from '../platform/dynamic/dynamic.module.js';
import { loggerOptions } from '../platform/observability/logger-options.js';
import type { Telemetry } from '../platform/observability/telemetry.js';
import { securityModule } from '../platform/security/security.module.js';
import { resilienceModule } from '../remote/resilience.module.js';
import { longestCallMs, moduleContracts, operationIds } from './modules.js';
import { endsSessions, remoteModules } from './remote-modules.js';
import { type ServiceDefinition, serviceOf } from './services.js';

class RootModule {}

async function databaseModules(
  service: ServiceDefinition,
  configuration: Configuration,
  database?: Promise<PrismaDatabase>,
): Promise<DynamicModule[]> {
  if (service.stateless) return [];
  const { databaseModule } = await import('../platform/database/database.module.js');
  const revocations = endsSessions(service);
  return [databaseModule({ revocations, opened: database, longestCallMs: longestCallMs(configuration) })];
}

function placement({ modules, servesAll }: ServiceDefinition): Placement {
  const runs = modules.map(({ contract }) => contract);
  return { runs, serves: servesAll ? moduleContracts : runs };
}

async function graphqlModules({ protocols, environment }: Configuration): Promise<DynamicModule[]> {
  if (!protocols.includes('graphql')) return [];
  const { graphqlModule } = await import('../protocols/graphql/graphql.module.js');
  const forDevelopers = environment !== 'production';
  return [graphqlModule({ introspection: forDevelopers, graphiql: forDevelopers })];
}

export async function rootModule(
  configuration: Configuration,
  { tracer, logs }: Telemetry,
  database?: Promise<PrismaDatabase>,
): Promise<DynamicModule> {
  const { serviceName, limits } = configuration;
  const service = serviceOf(configuration);
  return {
    module: RootModule,
    imports: [
      configModule(configuration),
      LoggerModule.forRoot(loggerOptions(configuration, logs)),
      securityModule(),
      cacheModule(),
      resilienceModule(),
      dynamicModule(operationIds),
      ...(await databaseModules(service, configuration, database)),
      ...remoteModules(service),
      pipelineModule({
        modules: moduleContracts,
        placement: placement(service),
        serviceName,
        deadlineMs: limits.requestDeadlineMs,
        limits: limits.rates,
        tracer,
      }),
      ...(await Promise.all(service.modules.map(({ load }) => load()))),
      ...(await graphqlModules(configuration)),
    ],
  };
}
