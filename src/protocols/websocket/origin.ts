import type { IncomingMessage } from 'node:http';
import type { CallerAddresses } from '../caller-address.js';

/** A proxy that ends TLS may send either default port, or none. */
const withoutDefaultPort = (host: string): string | undefined => URL.parse(`http://${host}`)?.host.replace(/:443$/, '');

/** Proxies replace Host and list the earlier ones. Pages cannot set these headers. */
function ownHosts({ headers, socket }: IncomingMessage, addresses: CallerAddresses): string[] {
  const { host = '', 'x-forwarded-host': forwarded } = headers;
  if (forwarded === undefined || !addresses.trusts(socket.remoteAddress)) return [host];
  return String(forwarded)
    .split(',')
    .map((name) => name.trim());
}

interface AllowedOrigins {
  readonly origins: ReadonlySet<string>;
  readonly addresses: CallerAddresses;
}

/** Allows the server's own host, whatever the scheme, and configured origins. Only browsers send an Origin. */
export function isAllowedOrigin(request: IncomingMessage, { origins, addresses }: AllowedOrigins): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  const host = withoutDefaultPort(url.host);
  return origins.has(url.origin) || ownHosts(request, addresses).some((own) => withoutDefaultPort(own) === host);
}
