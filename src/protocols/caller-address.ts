import { isIP, isIPv4, SocketAddress } from 'node:net';
import { compile } from '@fastify/proxy-addr';
import { remembered } from '../pipeline/remembered.js';

/** Headers or metadata of a request. */
interface Forwarding {
  readonly 'x-forwarded-for'?: string | string[] | undefined;
  readonly forwarded?: string | string[] | undefined;
}

/** An address alone, or with a port, IPv6 in brackets. A port may be hidden (RFC 7239, section 6.3). */
const node = /^(?:\[([^\]]*)\]|([^:]*))(?::(?:\d{1,5}|_[\w.-]+))?$/;
const mapped = '::ffff:';

/** In one spelling, without port and zone, IPv4 also where it came as IPv6; undefined for what is no address. */
const readAddress = remembered(1_000, (text): string | undefined => {
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

/** `for` of one element of `Forwarded`; empty when it has none. */
function forOf(element: string): string {
  for (const [, name, quoted, token] of element.matchAll(parameters)) {
    if (name?.toLowerCase() === 'for') return quoted ?? token ?? '';
  }
  return '';
}

/** Whom each proxy was called by, the last proxy first. `X-Forwarded-For` counts where there are both. */
function hops({ 'x-forwarded-for': list, forwarded }: Forwarding): string[] {
  if (list !== undefined) return String(list).split(',').reverse();
  return (String(forwarded ?? '').match(elements) ?? []).map(forOf).reverse();
}

/** Finds who called, past the proxies that are trusted to say whom they were called by. The same for every protocol. */
export class CallerAddresses {
  readonly #isTrusted: (address: string) => boolean;

  /** Addresses and networks of the proxies; throws a TypeError that names one that is neither. */
  constructor(trustedProxies: readonly string[] = []) {
    const trusts = trustedProxies.length > 0 ? compile([...trustedProxies]) : undefined;
    this.#isTrusted = (address) => trusts?.(address, 0) ?? false;
  }

  /** `peer`: the address of the connection, where it has one. */
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
  /** Whether `peer` is a proxy whose word counts. */
  trusts(peer: string | undefined): boolean {
    const address = readAddress(peer ?? '');
    return address !== undefined && this.#isTrusted(address);
  }
}
