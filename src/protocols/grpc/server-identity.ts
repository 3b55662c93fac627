import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';

export type ServerIdentity = Required<Pick<ConnectionOptions, 'servername' | 'checkServerIdentity'>>;

/** For targets without a host, such as `unix:/path`. */
const localHost = 'localhost';

function hostOf(target: string): string {
  const [, ipv6, name] = /^(?:dns:(?:\/\/[^/]*\/)?)?(?:\[([^\]]+)\]|([^:/]+))(?::\d+)?$/.exec(target) ?? [];
  return ipv6 ?? name ?? localHost;
}

/** A certificate names the host of `target` or one of `names`, not the addresses from service discovery. */
export function serverIdentity(target: string, names: readonly string[] = []): ServerIdentity {
  const host = hostOf(target);
  return {
    // SNI must be a name (RFC 6066, 3): Node throws for an address
    servername: isIP(host) === 0 ? host : (names[0] ?? localHost),
    checkServerIdentity: (_host, certificate) => {
      const refusals = [host, ...names].map((name) => checkServerIdentity(name, certificate));
      return refusals.includes(undefined) ? undefined : refusals[0];
    },
  };
}
