import type { IncomingMessage } from 'node:http';

/** Only browsers send an Origin: an absent one is allowed, so is the server's own host. */
export function isOriginAllowed({ headers }: IncomingMessage, allowed: ReadonlySet<string>): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowed.has(origin.toLowerCase())) return true;
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && url.host === host?.toLowerCase();
}
