import type { IncomingHttpHeaders } from 'node:http2';

/** Seconds: grpc-js keeps milliseconds in 32 bits, and any more of them are a deadline that has passed. */
const longestTimeout = 2_147_483;

const secondsPerUnit: Readonly<Record<string, number>> = { H: 3_600, M: 60, S: 1 };

/** Empty for what is no timeout: grpc-js refuses that, and takes others for the digits and the letter somewhere in them. */
function timeout(given: string): string {
  const [, amount, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(given) ?? [];
  if (amount === undefined) return '';
  return Number(amount) * (secondsPerUnit[unit] ?? 0) > longestTimeout ? `${longestTimeout}S` : given;
}

/** What grpc-js does not know it names in its answer. */
const encoding = (given: string): string => (/^[\w-]{1,20}$/.test(given) ? given : 'unknown');

/**
 * The headers that grpc-js has a use for, and no metadata: of that it would log every value that is not printable ASCII,
 * tokens included.
 */
export function libraryHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { ':path': path, 'content-type': type, 'grpc-timeout': wanted, 'grpc-encoding': compression } = headers;
  return {
    ':path': path,
    'content-type': type?.startsWith('application/grpc') ? 'application/grpc' : undefined,
    ...(typeof wanted === 'string' && { 'grpc-timeout': timeout(wanted) }),
    ...(typeof compression === 'string' && { 'grpc-encoding': encoding(compression) }),
  };
}
