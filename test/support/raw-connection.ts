import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A connection that sends what it is given, byte by byte, and keeps what comes back. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;
  #received = '';
  #error: string | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
    });
    socket.on('error', ({ message }) => {
      this.#error = message;
    });
  }

  /** Over TLS, to any certificate, for an `https` address. */
  static async open(url: string): Promise<RawConnection> {
    const { protocol, hostname, port } = new URL(url);
    const isTls = protocol === 'https:';
    const tcp = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const socket = isTls ? connectTls({ socket: tcp, rejectUnauthorized: false }) : tcp;
    const connection = new RawConnection(socket);
    await once(socket, isTls ? 'secureConnect' : 'connect');
    return connection;
  }

  /** All that came back so far. */
  get received(): string {
    return this.#received;
  }

  /** Bytes that the other end has not taken yet. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  write(bytes: string | Uint8Array): this {
    if (typeof bytes === 'string') this.#socket.write(bytes, 'latin1');
    else this.#socket.write(bytes);
    return this;
  }

  /** All that came back until it matched. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#received)) {
      if (this.#socket.closed) throw new Error(`closed (${this.#error}) before ${pattern}: ${this.#received}`);
      await Promise.race([once(this.#socket, 'data'), this.#closed]);
    }
    return this.#received;
  }

  /** All that came back until the server closed, and then this end; rejects when the connection was reset. */
  async untilClosed(): Promise<string> {
    if (this.#socket.readableEnded) this.#socket.end();
    else this.#socket.once('end', () => this.#socket.end());
    await this.#closed;
    if (this.#error !== undefined) throw new Error(`${this.#error} after ${this.#received}`);
    return this.#received;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Sends it all at once; gives what comes back until the server closes. */
export async function exchange(url: string, bytes: string): Promise<string> {
  return (await RawConnection.open(url)).write(bytes).untilClosed();
}

/** The status of each answer, in order; throws where something else lies between them, or the last is cut short. */
export function statuses(received: string): number[] {
  const found: number[] = [];
  let rest = received;
  while (rest !== '') {
    const [, status = '', headers = ''] = /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n([\s\S]*?)\r\n\r\n/.exec(rest) ?? [];
    if (status === '') throw new Error(`no answer begins here: ${rest.slice(0, 100)}`);
    found.push(Number(status));
    const end = rest.indexOf('\r\n\r\n') + 4 + Number(/^content-length: (\d+)$/im.exec(headers)?.[1] ?? 0);
    if (end > rest.length) throw new Error(`cut short: ${rest.slice(0, 100)}`);
    rest = rest.slice(end);
  }
  return found;
}
