import { resilience } from '../dynamic/settings.js';
import { choice, flag, grpcTarget, host, port, text } from './readings.js';
import { type AddressVariable, addressVariable, calledServices, type Services } from './service-defaults.js';
import type { Variable } from './variable.js';

export const addressExpected = 'host:port, a list of them, or a gRPC target such as dns:///name:50051';

const address = (service: string) =>
  ({
    schema: grpcTarget.optional(),
    about: `Where the gRPC of ${service} is; its default port on this machine when not set`,
    expected: addressExpected,
  }) as const satisfies Variable;

/** Where the services of the table are, a variable for each that others call. */
export const addressVariables = (services: Services): Readonly<Record<AddressVariable, Variable>> =>
  Object.fromEntries(calledServices(services).map((service) => [addressVariable(service), address(service)]));

/** How other services are found and called, and Consul. */
export const remoteVariables = {
  DISCOVERY: {
    schema: choice(['static', 'consul']),
    about: 'How other services are found: static takes the addresses below, consul needs CONSUL_HOST',
    expected: 'static or consul',
    default: 'static',
  },
  CONSUL_HOST: {
    schema: host.optional(),
    about: 'Consul, for DISCOVERY and for configuration that changes at run time',
    expected: 'a name or an address, without a port',
  },
  CONSUL_PORT: { schema: port, about: 'Port of CONSUL_HOST', expected: 'a TCP port', default: '8500' },
  CONSUL_TOKEN: {
    schema: text.optional(),
    about: 'ACL token that Consul is shown',
    expected: 'the secret id of a token',
    secret: true,
  },
  CONSUL_SECURE: {
    schema: flag,
    about: 'Whether CONSUL_PORT speaks HTTPS',
    expected: 'true or false',
    default: 'false',
  },
  CONSUL_CA_FILE: {
    schema: text.optional(),
    about: 'Authorities (PEM) of the certificate of Consul, with CONSUL_SECURE; what Node trusts when not set',
    expected: 'the path of a PEM file',
  },
  ADVERTISED_HOST: {
    schema: host.optional(),
    about: 'The address that DISCOVERY=consul tells others; HOST when not set, or the first of this machine',
    expected: 'an address or name by which other services reach this process',
  },
  SERVICE_TLS_CERT_FILE: {
    schema: text.optional(),
    about: 'Certificate chain (PEM) that this process shows to the services it calls; needs SERVICE_TLS_KEY_FILE',
    expected: 'the path of a PEM file',
  },
  SERVICE_TLS_KEY_FILE: {
    schema: text.optional(),
    about: 'Private key (PEM) of SERVICE_TLS_CERT_FILE',
    expected: 'the path of a PEM file',
  },
  SERVICE_TLS_CA_FILE: {
    schema: text.optional(),
    about: 'Authorities (PEM) of the certificates of other services; what Node trusts when not set',
    expected: 'the path of a PEM file',
  },
  RESILIENCE: {
    schema: resilience.schema.optional(),
    about:
      'Time limits, retries, breaker, ejection and concurrency of the calls to other services: what differs from the defaults',
    expected: 'JSON such as {"timeoutMs":2000,"ejection":{"baseMs":10000}}',
  },
} as const satisfies Record<string, Variable>;
