import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connectConsul } from '../../../src/platform/consul/consul-connection.js';

const host = process.env.CONSUL_HOST ?? '127.0.0.1';
const port = Number(process.env.CONSUL_PORT ?? 8500);

export const hasConsul = process.env.CONSUL_HOST !== undefined;
export const consulServer = { host, port };

/** A wire to the real Consul that can be cut. */
export class ConsulWire {
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (near) => this.#join(near, connect(port, host)));
  }

  static async open(): Promise<ConsulWire> {
    const wire = new ConsulWire(createServer());
    await wire.restore();
    return wire;
  }

  connect() {
    return connectConsul({ host: '127.0.0.1', port: this.#port });
  }

  cut(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async restore(): Promise<void> {
    this.server.listen(this.#port, '127.0.0.1');
    await once(this.server, 'listening');
    this.#port = (this.server.address() as AddressInfo).port;
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      this.#sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
