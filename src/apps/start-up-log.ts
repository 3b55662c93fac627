import { Logger } from '@nestjs/common';
import type { Configuration } from '../platform/config/configuration.js';
import type { Addresses } from './addresses.js';

const logger = new Logger('Start');

/** Where to go now: every address, the warnings of the configuration, and in development how to log in. */
export function logStart(configuration: Configuration, { http, grpc, mqtt }: Addresses): void {
  const { protocols, environment, serviceName, warnings, bootstrapAdmin } = configuration;
  const served = (protocol: Configuration['protocols'][number]) => protocols.includes(protocol);
  const websocket = `${http.replace(/^http/, 'ws')}/ws`;
  const lines = [
    `${serviceName} is ready in ${Math.round(performance.now())} ms`,
    ...(served('rest') ? [`REST       ${http}/docs`] : []),
    ...(served('graphql') ? [`GraphQL    ${http}${environment === 'production' ? '/graphql' : '/graphiql'}`] : []),
    ...(served('websocket') ? [`WebSocket  ${websocket} (JSON-RPC 2.0)`] : []),
    ...(grpc ? [`gRPC       ${grpc}`] : []),
    ...(mqtt ? [`MQTT       ${mqtt}`] : []),
    `Health     ${http}/health`,
  ];
  for (const line of lines) logger.log(line);
  for (const warning of warnings) logger.warn(warning);
  if (environment === 'development' && served('rest') && bootstrapAdmin) {
    logger.log(`Log in as ${bootstrapAdmin.email} with password ${bootstrapAdmin.password} (development only)`);
  }
}
