import { grpcTarget } from './readings.js';
import type { Variable } from './variable.js';

const address = (service: string) =>
  ({
    schema: grpcTarget.optional(),
    about: `Where the gRPC of ${service} is; its default port on this machine when not set`,
    expected: 'host:port, a list of them, or a gRPC target such as dns:///name:50051',
  }) as const satisfies Variable;

/** Where other services are: one variable for each that has a module. */
export const remoteVariables = {
  USER_SERVICE_ADDRESS: address('user-service'),
  AUTH_SERVICE_ADDRESS: address('auth-service'),
} as const satisfies Record<string, Variable>;
