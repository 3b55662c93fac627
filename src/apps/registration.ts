import { networkInterfaces } from 'node:os';
import type { Configuration } from '../platform/config/configuration.js';
import type { ConsulRegistration } from '../remote/discovery/consul-registration.js';
import type { Addresses } from './addresses.js';

const isEveryInterface = (host: string): boolean => host === '0.0.0.0' || host === '::';

function firstAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}

/** Of this process in Consul; undefined where services are not found there. */
export async function registrationOf(
  { serviceName, host, tls, discovery: { consul, advertisedHost } }: Configuration,
  { http, grpc }: Addresses,
): Promise<ConsulRegistration | undefined> {
  if (!consul) return undefined;
  const { connectConsul } = await import('../platform/consul/consul-connection.js');
  const { ConsulRegistration } = await import('../remote/discovery/consul-registration.js');
  return new ConsulRegistration(connectConsul(consul), {
    service: serviceName,
    host: advertisedHost ?? (isEveryInterface(host) ? firstAddress() : host),
    grpcPort: grpc === undefined ? undefined : Number(/\d+$/.exec(grpc)?.[0]),
    httpPort: Number(new URL(http).port),
    tls: tls !== undefined,
    asksClients: tls?.clientCaFile !== undefined,
  });
}
