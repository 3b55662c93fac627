import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { endpoint } from '../../src/platform/config/host.js';

/**
 * A wire that can forget its connections, as a router or a database that fails over does: nothing comes through them any
 * more and neither end is told, while new ones are as good as ever.
 */
export class ForgetfulWire {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((near) =>
    this.#join(near, connect(Number(this.#target.port), this.#target.hostname)),
  );

  #target: URL;

  private constructor(address: string) {
    this.#target = new URL(`tcp://${address}`);
  }

  /** `host`: where it listens. */
  static async to(address: string, host = '127.0.0.1'): Promise<ForgetfulWire> {
    const wire = new ForgetfulWire(address);
    wire.#server.listen(0, host);
    await once(wire.#server, 'listening');
    return wire;
  }

  get address(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return endpoint(address, port);
  }

  /** New connections lead to `address`; those that are open stay where they are, as after a change of a name in DNS. */
  leadTo(address: string): void {
    this.#target = new URL(`tcp://${address}`);
  }

  /** Gives how many there were. */
  forget(): number {
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
