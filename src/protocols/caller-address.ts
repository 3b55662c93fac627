import { isIP, isIPv4, SocketAddress } from 'node:net';
import { compile } from '@fastify/proxy-addr';
import { memoized } from '../pipeline/memoized.js';

interface Forwarding {
  readonly 'x-forwarded-for'?: string | string[] | undefined;
  readonly forwarded?: string | string[] | undefined;
}

/** An address alone, or with a port, IPv6 in brackets. A port may be hidden (RFC 7239, section 6.3). */
const node = /^(?:\[([^\]]*)\]|([^:]*))(?::(?:\d{1,5}|_[\w.-]+))?$/;
const mapped = '::ffff:';

/** In one spelling, without port and zone, IPv4 also where it came as IPv6. */
const readAddress = memoized(1_000, (text): string | undefined => {
  if (isIPv4(text)) return text;
  const [, bracketed, plain] = isIP(text) ? [] : (node.exec(text) ?? []);
  const address = bracketed ?? plain ?? text;
  const family = isIP(address);
  if (family !== 6) return family === 4 ? address : undefined;
  const spelled = new SocketAddress({ address, family: 'ipv6' }).address;
  const rest = spelled.slice(mapped.length);
  return spelled.startsWith(mapped) && isIPv4(rest) ? rest : spelled;
});

const elements = /(?:"(?:[^"\\]|\\.)*"|[^",])+/g;
const parameters = /(?<![\w-])([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g;

function forOf(element: string): string {
  for (const [, name, quoted, token] of element.matchAll(parameters)) {
    if (name?.toLowerCase() === 'for') return quoted ?? token ?? '';
  }
  return '';
}

/** The caller that each proxy names, the last proxy first. `X-Forwarded-For` counts where there are both. */
function hops({ 'x-forwarded-for': list, forwarded }: Forwarding): string[] {
  if (list !== undefined) return String(list).split(',').reverse();
  return (String(forwarded ?? '').match(elements) ?? []).map(forOf).reverse();
}

/** The address of a caller, past trusted proxies; the same in every protocol. */
export class CallerAddresses {
  readonly #isTrusted: (address: string) => boolean;

  /** Addresses and networks of the proxies. Throws a TypeError that names what is neither. */
  constructor(trustedProxies: readonly string[] = []) {
    const trusts = trustedProxies.length > 0 ? compile([...trustedProxies]) : undefined;
    this.#isTrusted = (address) => trusts?.(address, 0) ?? false;
  }

  of(peer: string | undefined, forwarding: Forwarding = {}): string {
    let address = readAddress(peer ?? '');
    if (address === undefined) return 'unknown';
    if (!this.#isTrusted(address)) return address;
    for (const hop of hops(forwarding)) {
      const before = readAddress(hop.trim());
      if (before === undefined) break;
      address = before;
      if (!this.#isTrusted(address)) break;
    }
    return address;
  }

  trusts(peer: string | undefined): boolean {
    const address = readAddress(peer ?? '');
    return address !== undefined && this.#isTrusted(address);
  }
}
