import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { json } from 'node:stream/consumers';
import type { Configuration } from '../platform/config/configuration.js';
import { endpoint, localAddress } from '../platform/config/host.js';

type Listener = Pick<Configuration, 'host' | 'http' | 'tls'>;

const patienceMs = 2_000;

function askHealth({ host, http, tls }: Listener): Promise<unknown> {
  const url = `${tls ? 'https' : 'http'}://${endpoint(localAddress(host), http.port)}/health`;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const read = (response: IncomingMessage) => json(response).then(resolve, reject);
  const signal = AbortSignal.timeout(patienceMs);
  // nothing is told to it that is not for everybody
  const request = tls ? getHttps(url, { signal, rejectUnauthorized: false }, read) : getHttp(url, { signal }, read);
  request.on('error', reject);
  return promise;
}

/** The SERVICE_NAME of the process that listens where one of this configuration would; undefined where none answers. */
export async function answeringService(listener: Listener): Promise<string | undefined> {
  if (listener.http.port === 0) return undefined;
  try {
    const { service } = (await askHealth(listener)) as { service?: unknown };
    return typeof service === 'string' ? service : undefined;
  } catch {
    return undefined;
  }
}
