import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ChannelOptions, VerifyOptions } from '@grpc/grpc-js';

/** What a client expects of the server behind a target. */
export interface ServerIdentity {
  readonly verify: VerifyOptions;
  readonly options: ChannelOptions;
}

/** What has no host is on this machine, such as `unix:/path`. */
const localHost = 'localhost';

/** Of `host:port`, of `[::1]:port`, of `dns:///host`. */
function hostOf(target: string): string {
  const [, ipv6, name] = /^(?:dns:(?:\/\/[^/]*\/)?)?(?:\[([^\]]+)\]|([^:/]+))(?::\d+)?$/.exec(target) ?? [];
  return ipv6 ?? name ?? localHost;
}

/**
 * A certificate is good for the host of `target`, or for one of `names`: no certificate foretells the addresses that
 * discovery finds.
 */
export function serverIdentity(target: string, names: readonly string[] = []): ServerIdentity {
  const host = hostOf(target);
  const verify: VerifyOptions = {
    checkServerIdentity: (_host, certificate) => {
      const refusals = [host, ...names].map((name) => checkServerIdentity(name, certificate));
      return refusals.includes(undefined) ? undefined : refusals[0];
    },
  };
  if (isIP(host) === 0) return { verify, options: {} };
  // grpc-js would ask for the address by SNI, and Node throws: only names may be asked for (RFC 6066 3)
  return { verify, options: { 'grpc.ssl_target_name_override': names[0] ?? localHost } };
}
