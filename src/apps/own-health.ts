import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import type { Configuration } from '../platform/config/configuration.js';
import { endpoint, localAddress } from '../platform/config/host.js';

const timeoutMs = 2_000;

/** What the process that listens at the address of this configuration answers at `path`. */
export function ownHealth({ host, http, tls }: Configuration, path = ''): Promise<IncomingMessage> {
  const url = `${tls ? 'https' : 'http'}://${endpoint(localAddress(host), http.port)}/health${path}`;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const signal = AbortSignal.timeout(timeoutMs);
  // the request holds no secret, so any certificate will do
  const request = tls
    ? getHttps(url, { signal, rejectUnauthorized: false }, resolve)
    : getHttp(url, { signal }, resolve);
  request.on('error', reject);
  return promise;
}
