import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendToParent } from '../send-to-parent.js';

export interface TelemetrySink {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
}

/** A collector that takes everything and keeps nothing. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const sink: TelemetrySink = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
sendToParent(sink);
