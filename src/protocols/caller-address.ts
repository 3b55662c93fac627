import { isIP, isIPv4, SocketAddress } from 'node:net';
import { compile } from '@fastify/proxy-addr';
import { memoized } from '../pipeline/memoized.js';

interface Forwarding {
  readonly 'x-forwarded-for'?: string | string[] | undefined;
  readonly forwarded?: string | string[] | undefined;
}

/** `address`, `address:port` or `[IPv6]:port`; the port may be obfuscated (RFC 7239, 6.3). */
const node = /^(?:\[([^\]]*)\]|([^:]*))(?::(?:\d{1,5}|_[\w.-]+))?$/;
const mapped = '::ffff:';

/** Canonical: without port and zone, IPv4-mapped IPv6 as IPv4. */
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

/** Addresses that the proxies added, nearest first. `X-Forwarded-For` wins over `Forwarded`. */
function hops({ 'x-forwarded-for': list, forwarded }: Forwarding): string[] {
  if (list !== undefined) return String(list).split(',').reverse();
  return (String(forwarded ?? '').match(elements) ?? []).map(forOf).reverse();
}

export class CallerAddresses {
  readonly #isTrusted: (address: string) => boolean;

  /** Addresses or networks. Throws a TypeError that names an invalid one. */
  constructor(trustedProxies: readonly string[] = []) {
    const trusts = compile([...trustedProxies]);
    this.#isTrusted = (address) => trusts(address, 0);
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
