import type { IncomingMessage } from 'node:http';
import { MalformedRequest } from '../../contract/built-in-failures.js';
import type { Refusal } from './plain-answer.js';

/** RFC 3986: name or bracketed address, and port. Repeated Host headers arrive comma-separated, so do not match. */
const hostPattern = /^(?:\[[\da-f:.]+(?:%25[\w.~-]+)?\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i;

let validHost = '';

function isHost(host: string): boolean {
  if (host === validHost) return true;
  if (!hostPattern.test(host)) return false;
  validHost = host;
  return true;
}

const malformed = (status: number, detail: string): Refusal => ({ failure: new MalformedRequest({ detail }), status });

/** Requests that Node's parser accepts, although a server must refuse them (RFC 9112). */
export function requestRefusal(request: IncomingMessage): Refusal | undefined {
  const { headers, httpVersionMajor, httpVersionMinor } = request;
  if (httpVersionMajor !== 1) return malformed(505, 'This server speaks HTTP/1.1');
  const hasHost = headers.host === undefined ? httpVersionMinor === 0 : isHost(headers.host);
  if (!hasHost) {
    return malformed(400, 'A request has one header Host: a name or an address, and perhaps a port');
  }
  const coding = headers['transfer-encoding'];
  if (coding === undefined || coding.toLowerCase() === 'chunked') return undefined;
  return malformed(501, 'The only transfer coding is chunked');
}
