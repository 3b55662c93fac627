import type { IncomingHttpHeaders } from 'node:http2';

/** Milliseconds, eight digits. grpc-js treats more than 32 bits as the past. */
export const longestTimeout = 99_999_999;

const perUnit: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** Empty for an invalid timeout, which grpc-js then refuses; it would read a number from anything else. */
function timeout(given: string, longestMs: number): string {
  const [, amount, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(given) ?? [];
  if (amount === undefined) return '';
  return Number(amount) * (perUnit[unit] ?? 0) > longestMs ? `${longestMs}m` : given;
}

/** grpc-js repeats an unknown one in its answer. */
const encoding = (given: string): string => (/^[\w-]{1,20}$/.test(given) ? given : 'unknown');

/** Leaves metadata out: grpc-js logs values that are not printable ASCII, tokens included. */
export function libraryHeaders(headers: IncomingHttpHeaders, mostMs: number): IncomingHttpHeaders {
  const longestMs = Math.min(mostMs, longestTimeout);
  const { ':path': path, 'content-type': type, 'grpc-encoding': compression } = headers;
  const { 'grpc-timeout': wanted = `${longestMs}m` } = headers;
  return {
    ':path': path,
    'content-type': type?.startsWith('application/grpc') ? 'application/grpc' : undefined,
    'grpc-timeout': timeout(String(wanted), longestMs),
    ...(typeof compression === 'string' && { 'grpc-encoding': encoding(compression) }),
  };
}
