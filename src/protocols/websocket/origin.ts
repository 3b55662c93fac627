import type { IncomingMessage } from 'node:http';

/** Whoever ends TLS before this process may name either default port, or none. */
const withoutDefaultPort = (host: string): string | undefined => URL.parse(`http://${host}`)?.host.replace(/:443$/, '');

/** Only browsers send an Origin: an absent one is allowed, so is the server's own host. */
export function isOriginAllowed({ headers }: IncomingMessage, allowed: ReadonlySet<string>): boolean {
  const { origin, host = '' } = headers;
  if (origin === undefined) return true;
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return allowed.has(url.origin) || withoutDefaultPort(url.host) === withoutDefaultPort(host);
}
