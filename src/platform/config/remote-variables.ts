import { z } from 'zod';
import { resilience } from '../dynamic/settings.js';
import { endpoint, localAddress } from './host.js';
import type { ProcessContext } from './process-context.js';
import { choice, flag, grpcTarget, host, pemFile, port, text } from './readings.js';
import { addressVariable, calledServices, defaultGrpcPort } from './service-defaults.js';
import { variable } from './variable.js';

const advertisedHost = host.describe('an address or name by which other services reach this process');
const consulHost = host.describe('a name or an address, without a port');
const resilienceChange = resilience.schema.describe('JSON such as {"timeoutMs":2000,"ejection":{"baseMs":10000}}');
const target = grpcTarget.describe('host:port, a list of them, or a gRPC target such as dns:///name:50051');

export const remoteVariables = (context: ProcessContext) => ({
  consul,
  discovery: z.object({
    method: variable('DISCOVERY', choice(['static', 'consul']), {
      about: 'How other services are found: by their configured addresses (static) or by CONSUL_HOST (consul)',
      default: 'static',
      needs: 'CONSUL_HOST',
    }),
    addresses: addresses(context),
    advertisedHost: variable('ADVERTISED_HOST', advertisedHost.optional(), {
      about: 'The address that is registered in Consul; HOST when not set, or the first of this machine',
    }),
  }),
  serviceTls,
  resilience: variable('RESILIENCE', resilienceChange, {
    about:
      'Time limits, retries, breaker, ejection and concurrency of the calls to other services: what differs from the defaults',
    default: '{}',
  }),
});

/** One variable for each remote service; the value contains only those that this process calls. */
function addresses({ given, isProduction, service, services }: ProcessContext) {
  const { calls = [] } = service;
  const here = localAddress(host.safeParse(given.HOST).data ?? '127.0.0.1');
  const address = (name: string) =>
    variable(addressVariable(name), target, {
      about: `Address of the gRPC listener of ${name}; its default port on this machine when not set`,
      fallback: endpoint(here, services[name]?.grpcPort ?? defaultGrpcPort),
      required: isProduction && given.DISCOVERY !== 'consul' && calls.includes(name),
    });
  return z
    .object(Object.fromEntries(calledServices(services).map((name) => [name, address(name)])))
    .transform((all) => Object.fromEntries(Object.entries(all).filter(([name]) => calls.includes(name))));
}

const consul = z
  .object({
    host: variable('CONSUL_HOST', consulHost.optional(), {
      about: 'Consul, for DISCOVERY and for configuration that changes at run time',
    }),
    port: variable('CONSUL_PORT', port.describe('a TCP port'), { about: 'Port of CONSUL_HOST', default: '8500' }),
    secure: variable('CONSUL_SECURE', flag.describe('true for HTTPS, or false'), {
      about: 'Whether CONSUL_PORT uses HTTPS',
      default: 'false',
    }),
    caFile: variable('CONSUL_CA_FILE', pemFile.optional(), {
      about: 'Authorities (PEM) of the certificate of Consul; what Node trusts when not set',
      needs: 'CONSUL_SECURE',
    }),
    token: variable('CONSUL_TOKEN', text.describe('the secret id of a token').optional(), {
      about: 'ACL token for Consul',
      secret: true,
    }),
  })
  .transform(({ host: name, ...rest }) => (name === undefined ? undefined : { host: name, ...rest }))
  .optional();

/** For calls to other services, where it differs from `tls`. */
const serviceTls = z
  .object({
    certFile: variable('SERVICE_TLS_CERT_FILE', pemFile.optional(), {
      about: 'Certificate chain (PEM) that this process shows to the services it calls',
      needs: 'SERVICE_TLS_KEY_FILE',
    }),
    keyFile: variable('SERVICE_TLS_KEY_FILE', pemFile.optional(), {
      about: 'Private key (PEM) of SERVICE_TLS_CERT_FILE',
      needs: 'SERVICE_TLS_CERT_FILE',
    }),
    caFile: variable('SERVICE_TLS_CA_FILE', pemFile.optional(), {
      about: 'Authorities (PEM) of the certificates of other services; what Node trusts when not set',
    }),
  })
  .transform((files) => (Object.values(files).some((file) => file !== undefined) ? files : undefined))
  .optional();
