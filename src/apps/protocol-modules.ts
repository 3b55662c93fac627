import type { DynamicModule } from '@nestjs/common';
import type { Configuration } from '../platform/config/configuration.js';

/** Protocols that come as Nest modules. The code of one is loaded where it is served. */
export async function protocolModules(configuration: Configuration): Promise<DynamicModule[]> {
  const { protocols, environment, limits, origins } = configuration;
  if (!protocols.includes('graphql')) return [];
  const { graphqlModule } = await import('../protocols/graphql/graphql.module.js');
  const forDevelopers = environment !== 'production';
  const webSocket = { payloadBytes: limits.websocketPayloadBytes, origins };
  return [graphqlModule({ introspection: forDevelopers, graphiql: forDevelopers, webSocket })];
}
