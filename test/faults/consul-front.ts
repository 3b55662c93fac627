import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const host = process.env.CONSUL_HOST ?? '';
const port = Number(process.env.CONSUL_PORT ?? 8500);

export const hasConsul = host !== '';

interface Registration {
  readonly ID: string;
  readonly Name: string;
}

/**
 * The real Consul as the processes of one test see it: their services have names of their own there, it can go away, and
 * come back as it does after a restart.
 */
export class ConsulFront {
  readonly #prefix = `faults-${crypto.randomUUID().slice(0, 8)}-`;
  readonly #registered = new Set<string>();
  readonly #server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
  #port = 0;

  private constructor() {}

  static async open(): Promise<ConsulFront> {
    const front = new ConsulFront();
    await front.up();
    return front;
  }

  get environment() {
    return { DISCOVERY: 'consul', CONSUL_HOST: '127.0.0.1', CONSUL_PORT: `${this.#port}` };
  }

  async up(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  down(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** As after a restart that kept its data: every check is critical until it has run. */
  async doubt(isDoubted: boolean): Promise<void> {
    const put = (id: string) => ask('PUT', `/v1/agent/service/maintenance/${id}?enable=${isDoubted}`);
    await Promise.all([...this.#registered].map(put));
  }

  /** As after a restart without its data. */
  async forget(): Promise<void> {
    await Promise.all([...this.#registered].map((id) => ask('PUT', `/v1/agent/service/deregister/${id}`)));
    this.#registered.clear();
  }

  /** Of those whose checks pass. */
  async healthy(service: string): Promise<number> {
    const answer = await ask('GET', `/v1/health/service/${this.#prefix}${service}?passing=true`);
    return (JSON.parse(answer) as unknown[]).length;
  }

  async close(): Promise<void> {
    this.down();
    await this.forget();
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '' } = incoming;
    const body = this.#renamed(url, await text(incoming));
    const path = url.replace(/(?<=^\/v1\/health\/service\/)/, this.#prefix);
    const headers = { ...incoming.headers, 'content-length': Buffer.byteLength(body) };
    const passed = request({ host, port, method, path, headers, agent: false });
    passed.on('error', () => outgoing.destroy());
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    outgoing.on('close', () => passed.destroy());
    passed.end(body);
  }

  #renamed(url: string, body: string): string {
    const [, left] = /\/v1\/agent\/service\/deregister\/([^?]+)/.exec(url) ?? [];
    if (left) this.#registered.delete(left);
    if (!url.startsWith('/v1/agent/service/register')) return body;
    const registration = JSON.parse(body) as Registration;
    this.#registered.add(registration.ID);
    return JSON.stringify({ ...registration, Name: this.#prefix + registration.Name });
  }
}

async function ask(method: string, path: string): Promise<string> {
  return (await fetch(`http://${host}:${port}${path}`, { method })).text();
}
