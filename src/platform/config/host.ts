import { isIP } from 'node:net';

export const hostOfUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

export const endpoint = (host: string, port: number): string => `${hostOfUrl(host)}:${port}`;

const loopbacks: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export const isEveryInterface = (host: string): boolean => Object.hasOwn(loopbacks, host);

/** Where this machine reaches a listener on `host`. */
export const localAddress = (host: string): string => loopbacks[host] ?? host;
