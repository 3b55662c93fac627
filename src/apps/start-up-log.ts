import { Logger } from '@nestjs/common';
import type { Configuration } from '../platform/config/configuration.js';
import type { Addresses } from './servers.js';

const logger = new Logger('Start');

export function logStart(configuration: Configuration, addresses: Addresses): void {
  for (const line of addressLines(configuration, addresses)) logger.log(line);
  for (const warning of configuration.warnings) logger.warn(warning);
}

function addressLines({ protocols, environment, serviceName }: Configuration, { http, grpc, mqtt }: Addresses) {
  const served = (protocol: Configuration['protocols'][number]) => protocols.includes(protocol);
  const websocket = `${http.replace(/^http/, 'ws')}/ws`;
  return [
    `${serviceName} is ready in ${Math.round(performance.now())} ms`,
    ...(served('rest') ? [`REST       ${http}/docs`] : []),
    ...(served('graphql') ? [`GraphQL    ${http}${environment === 'production' ? '/graphql' : '/graphiql'}`] : []),
    ...(served('websocket') ? [`WebSocket  ${websocket} (JSON-RPC 2.0)`] : []),
    ...(grpc ? [`gRPC       ${grpc}`] : []),
    ...(mqtt ? [`MQTT       ${mqtt}`] : []),
    `Health     ${http}/health`,
  ];
}
