import type { DynamicModule } from '@nestjs/common';
import type { Configuration } from '../platform/config/configuration.js';
import { graphqlModule } from '../protocols/graphql/graphql.module.js';

/** Protocols that come as Nest modules. */
export function protocolModules({ protocols, environment, limits, origins }: Configuration): DynamicModule[] {
  if (!protocols.includes('graphql')) return [];
  const forDevelopers = environment !== 'production';
  const webSocket = { payloadBytes: limits.websocketPayloadBytes, origins };
  return [graphqlModule({ introspection: forDevelopers, graphiql: forDevelopers, webSocket })];
}
