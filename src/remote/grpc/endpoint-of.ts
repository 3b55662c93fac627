import type { NetConnectOpts } from 'node:net';

export interface Endpoint {
  readonly authority: string;
  readonly socket: NetConnectOpts;
}

/** Of an address of discovery: `10.0.0.7:50051`, `[::1]:50051`, `user-service:50051`, `unix:/run/users.sock`. */
export function endpointOf(address: string): Endpoint {
  const [, path] = /^unix:(?:\/\/)?(.+)$/.exec(address) ?? [];
  if (path !== undefined) return { authority: 'localhost', socket: { path } };
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replaceAll(/[[\]]/g, '');
  return { authority: address, socket: { host, port: Number(port), noDelay: true } };
}
