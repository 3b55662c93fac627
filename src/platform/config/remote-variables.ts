import { grpcTarget, port, text } from './readings.js';
import type { Variable } from './variable.js';

const address = (service: string) =>
  ({
    schema: grpcTarget.optional(),
    about: `Where the gRPC of ${service} is; its default port on this machine when not set`,
    expected: 'host:port, a list of them, or a gRPC target such as dns:///name:50051',
  }) as const satisfies Variable;

/** Where other services are, one variable for each that has a module, and Consul. */
export const remoteVariables = {
  USER_SERVICE_ADDRESS: address('user-service'),
  AUTH_SERVICE_ADDRESS: address('auth-service'),
  CONSUL_HOST: {
    schema: text.optional(),
    about: 'Consul, for configuration that changes at run time; it stays as it was at the start when not set',
    expected: 'a host name',
  },
  CONSUL_PORT: { schema: port, about: 'Port of CONSUL_HOST', expected: 'a TCP port', default: '8500' },
} as const satisfies Record<string, Variable>;
