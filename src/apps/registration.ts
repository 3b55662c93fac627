import { networkInterfaces } from 'node:os';
import type { Configuration } from '../platform/config/configuration.js';
import { isEveryInterface, localAddress } from '../platform/config/host.js';
import type { ConsulRegistration } from '../remote/discovery/consul-registration.js';
import type { Addresses } from './servers.js';

/** IPv4; IPv6 where it listens on `::` and has no external IPv4 address. */
function firstAddress(host: string): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  const outside = all.filter((address) => !address.internal && !(address.family === 'IPv6' && address.scopeid !== 0));
  const found = outside.find(({ family }) => family === 'IPv4') ?? (host === '::' ? outside[0] : undefined);
  return found?.address ?? localAddress(host);
}

export async function registrationOf(
  { serviceName, host, tls, discovery: { consul, advertisedHost } }: Configuration,
  { http, grpc }: Addresses,
): Promise<ConsulRegistration | undefined> {
  if (!consul) return undefined;
  const { connectConsul } = await import('../platform/consul/consul-connection.js');
  const { ConsulRegistration } = await import('../remote/discovery/consul-registration.js');
  return new ConsulRegistration(connectConsul(consul), {
    service: serviceName,
    host: advertisedHost ?? (isEveryInterface(host) ? firstAddress(host) : host),
    grpcPort: grpc === undefined ? undefined : Number(/\d+$/.exec(grpc)?.[0]),
    httpPort: Number(new URL(http).port),
    tls: tls !== undefined,
    requiresClientCertificate: tls?.clientCaFile !== undefined,
  });
}
