import { promises as dns } from 'node:dns';
import type { DnsTarget } from '../../platform/config/grpc-target.js';
import { endpoint } from '../../platform/config/host.js';

export interface DnsAnswer {
  readonly addresses: readonly string[];
  /** Absent from the system resolver. */
  readonly ttlMs?: number;
}

const queryTimeoutMs = 1_000;

/** One address family only: both lead to the same processes. */
async function bySystem({ host, port }: DnsTarget): Promise<DnsAnswer> {
  const found = await dns.lookup(host, { all: true });
  const family = found[0]?.family;
  const addresses = found.filter((record) => record.family === family).map(({ address }) => endpoint(address, port));
  return { addresses };
}

async function byServer({ host, port }: DnsTarget, authority: string): Promise<DnsAnswer> {
  const resolver = new dns.Resolver({ timeout: queryTimeoutMs, tries: 2 });
  resolver.setServers([authority]);
  const records = await resolver.resolve4(host, { ttl: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENODATA') throw error;
    return resolver.resolve6(host, { ttl: true });
  });
  return {
    addresses: records.map(({ address }) => endpoint(address, port)),
    ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1_000,
  };
}

export const dnsAddresses = (target: DnsTarget): Promise<DnsAnswer> =>
  target.authority === undefined ? bySystem(target) : byServer(target, target.authority);
