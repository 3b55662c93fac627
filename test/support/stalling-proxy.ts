import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endpoint } from '../../src/platform/config/host.js';

/**
 * A TCP proxy whose open connections can stall, as behind a failed router: they pass no bytes and are not closed, while new
 * ones work.
 */
export class StallingProxy {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) =>
    this.#join(near, connect(Number(this.#target.port), this.#target.hostname)),
  );

  #target: URL;

  private constructor(address: string) {
    this.#target = new URL(`tcp://${address}`);
  }

  /** `host`: where it listens. */
  static async to(address: string, host = '127.0.0.1'): Promise<StallingProxy> {
    const proxy = new StallingProxy(address);
    proxy.#server.listen(0, host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return endpoint(address, port);
  }

  /** New connections go to `address`; open ones stay, as after a change in DNS. */
  forwardTo(address: string): void {
    this.#target = new URL(`tcp://${address}`);
  }

  /** Returns how many connections stall. */
  stall(): number {
    for (const socket of this.#sockets) socket.unpipe().pause();
    return this.#sockets.size / 2;
  }

  async remove(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      this.#sockets.add(from);
      from.pipe(to);
      from.on('error', () => undefined);
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
