import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes OTLP as JSON over HTTP and keeps it by path: `/v1/traces`. */
export class Collector {
  readonly received = new Map<string, string>();
  readonly messages: { readonly path: string; readonly body: string }[] = [];
  readonly headers = new Set<string>();
  /** Whether it answers. */
  hangs = false;
  readonly #server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (this.hangs) return;
    const path = request.url ?? '';
    this.received.set(path, (this.received.get(path) ?? '') + body);
    this.messages.push({ path, body });
    this.headers.add(`${request.headers['x-team']}`);
    response.setHeader('content-type', 'application/json').end('{}');
  });

  async listen(port = 0, host = '127.0.0.1'): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
