import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ChannelOptions, VerifyOptions } from '@grpc/grpc-js';

export interface ServerIdentity {
  readonly verify: VerifyOptions;
  readonly options: ChannelOptions;
}

/** For targets without a host, such as `unix:/path`. */
const localHost = 'localhost';

function hostOf(target: string): string {
  const [, ipv6, name] = /^(?:dns:(?:\/\/[^/]*\/)?)?(?:\[([^\]]+)\]|([^:/]+))(?::\d+)?$/.exec(target) ?? [];
  return ipv6 ?? name ?? localHost;
}

/** A certificate names the host of `target` or one of `names`, not the addresses from service discovery. */
export function serverIdentity(target: string, names: readonly string[] = []): ServerIdentity {
  const host = hostOf(target);
  const verify: VerifyOptions = {
    checkServerIdentity: (_host, certificate) => {
      const refusals = [host, ...names].map((name) => checkServerIdentity(name, certificate));
      return refusals.includes(undefined) ? undefined : refusals[0];
    },
  };
  if (isIP(host) === 0) return { verify, options: {} };
  // grpc-js would send an address as SNI, which must be a name (RFC 6066, 3): Node throws
  return { verify, options: { 'grpc.ssl_target_name_override': names[0] ?? localHost } };
}
