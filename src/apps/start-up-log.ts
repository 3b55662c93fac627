import { Logger } from '@nestjs/common';
import { describe } from '../contract/module.js';
import { Login } from '../modules/auth/contract/index.js';
import type { OperationRegistry } from '../pipeline/registry.js';
import type { Configuration } from '../platform/config/configuration.js';
import { DEMO_ADMIN } from '../platform/config/development-defaults.js';
import type { Addresses } from './addresses.js';

const logger = new Logger('Start');

/** Where to go now: every address, the warnings of the configuration, and in development how to log in. */
export function logStart(configuration: Configuration, addresses: Addresses, registry: OperationRegistry): void {
  for (const line of addressLines(configuration, addresses)) logger.log(line);
  for (const warning of configuration.warnings) logger.warn(warning);
  const login = loginLine(configuration, registry);
  if (login) logger.log(login);
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

/** Undefined where nobody can log in over REST, or the password is not one that everyone knows. */
export function loginLine(
  { protocols, bootstrapAdmin }: Configuration,
  registry: OperationRegistry,
): string | undefined {
  const isServed = protocols.includes('rest') && registry.served('rest').includes(describe(Login));
  const { email, password } = DEMO_ADMIN;
  if (!isServed || bootstrapAdmin?.email !== email || bootstrapAdmin.password !== password) return undefined;
  return `The first administrator is ${email} with password ${password} (development only), unless changed since`;
}
