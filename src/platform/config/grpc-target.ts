import { isIP } from 'node:net';
import { endpoint } from './host.js';

export interface EndpointsTarget {
  readonly kind: 'endpoints';
  readonly addresses: readonly [string, ...string[]];
}

/** Each address of the name is an instance. */
export interface DnsTarget {
  readonly kind: 'dns';
  readonly host: string;
  readonly port: number;
  /** `address:port` of the name server; the system resolver when absent. */
  readonly authority?: string;
}

export type GrpcTarget = EndpointsTarget | DnsTarget;

const defaultPort = 443;

const hostAndPort = /^(?:\[([^\]]+)\]|([^:/[\]\s]+))(?::(\d{1,5}))?$/;

function parseHostPort(text: string) {
  const [, ipv6, name, port] = hostAndPort.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined || (ipv6 !== undefined && isIP(ipv6) !== 6) || Number(port) > 65_535) return undefined;
  return { host, port: port === undefined ? undefined : Number(port) };
}

function endpoints(text: string): readonly [string, ...string[]] {
  const addresses = text.split(',').map((item) => {
    const parsed = parseHostPort(item.trim());
    if (parsed?.port === undefined) throw new TypeError(`"${item.trim()}" is not host:port`);
    return endpoint(parsed.host, parsed.port);
  });
  return [...new Set(addresses)] as [string, ...string[]];
}

function dns(text: string): GrpcTarget {
  const [, authority, path = ''] = /^(?:\/\/([^/]*)\/)?(.*)$/.exec(text) ?? [];
  const parsed = parseHostPort(path);
  if (!parsed) throw new TypeError(`"${path}" is not a host name with or without a port`);
  if (authority && isIP(parseHostPort(authority)?.host ?? '') === 0) {
    throw new TypeError(`"${authority}" is not the address of a name server`);
  }
  const { host, port = defaultPort } = parsed;
  if (isIP(host) !== 0) return { kind: 'endpoints', addresses: [endpoint(host, port)] };
  return { kind: 'dns', host, port, ...(authority && { authority }) };
}

/** `host:port[,…]`, `dns:[//server/]host[:port]`, `ipv4:…`, `ipv6:…`, `unix:…` (gRPC naming). Throws TypeError. */
export function parseGrpcTarget(text: string): GrpcTarget {
  const [, scheme, rest = ''] = /^(dns|ipv4|ipv6|unix|[a-z-]+(?=:\/\/)):(?!\d+(?:,|$))(.*)$/.exec(text) ?? [];
  switch (scheme) {
    case undefined:
    case 'ipv4':
    case 'ipv6':
      return { kind: 'endpoints', addresses: endpoints(scheme === undefined ? text : rest) };
    case 'dns':
      return dns(rest);
    case 'unix':
      if (!/^(?:\/\/\/|[^/]|\/[^/])/.test(rest)) throw new TypeError(`"${text}" names no file`);
      return { kind: 'endpoints', addresses: [text] };
    default:
      throw new TypeError(`there is no resolver for "${scheme}:"`);
  }
}
