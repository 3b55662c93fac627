import type { DynamicModule, Type } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { pipelineModule } from '../pipeline/pipeline.module.js';
import { CacheModule } from '../platform/cache/cache.module.js';
import { configModule } from '../platform/config/config.module.js';
import type { Configuration } from '../platform/config/configuration.js';
import { databaseModule } from '../platform/database/database.module.js';
import type { DatabaseLocation } from '../platform/database/locate-database.js';
import { loggerOptions } from '../platform/observability/logger-options.js';
import { SecurityModule } from '../platform/security/security.module.js';
import type { ServiceDefinition } from './services.js';

class RootModule {}

const everywhere = (module: Type): DynamicModule => ({ module, global: true });

/** All that one process is made of, by its service definition and configuration. */
export async function rootModule(
  { modules }: ServiceDefinition,
  configuration: Configuration,
  protocols: readonly DynamicModule[],
  located?: Promise<DatabaseLocation>,
): Promise<DynamicModule> {
  const { serviceName, limits } = configuration;
  return {
    module: RootModule,
    imports: [
      configModule(configuration),
      LoggerModule.forRoot(loggerOptions(configuration)),
      everywhere(SecurityModule),
      everywhere(CacheModule),
      databaseModule(located),
      pipelineModule({
        modules: modules.map(({ contract }) => contract),
        serviceName,
        deadlineMs: limits.requestDeadlineMs,
        limits: limits.rates,
      }),
      ...(await Promise.all(modules.map(({ load }) => load()))),
      ...protocols,
    ],
  };
}
