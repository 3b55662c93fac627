import type { ServerHttp2Stream } from 'node:http2';
import { framed } from './message-frame.js';

/** As grpc-js sends them. */
const constantHeaders = [
  ...[':status', '200', 'content-type', 'application/grpc+proto'],
  ...['grpc-accept-encoding', 'identity,deflate,gzip', 'grpc-encoding', 'identity'],
];

const trailers = { 'grpc-status': '0', 'grpc-message': '' };

const withTrailers = { waitForTrailers: true };

function sendTrailers(this: ServerHttp2Stream): void {
  this.sendTrailers(trailers);
}

/** Message and end in one write: grpc-js writes the message first, and copies the headers three times. */
export function sendAnswer(stream: ServerHttp2Stream, message: Buffer, headers: readonly string[]): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond([...constantHeaders, ...headers], withTrailers);
  stream.once('wantTrailers', sendTrailers);
  stream.end(framed(message));
}
