import type { OpenSocket, TextSocket } from '../conformance/drivers/websocket.js';
import { PythonProgram } from './python-program.js';

interface Line {
  readonly id: number;
  readonly protocol?: string;
  readonly text?: string;
  readonly closed?: number;
}

interface Opening {
  readonly protocol: PromiseWithResolvers<string>;
  readonly closed: PromiseWithResolvers<number>;
  readonly receive: (text: string) => void;
}

/** With websockets of Python, all sockets in one process of it. */
export class PythonWebSockets {
  readonly #sockets = new Map<number, Opening>();
  readonly #program: PythonProgram<Line>;

  constructor(base: string) {
    const url = `${base.replace(/^http/, 'ws')}/ws`;
    this.#program = new PythonProgram('websockets_client.py', [url], (line: Line) => this.#take(line));
  }

  readonly open: OpenSocket = async (_url, subprotocols, receive) => {
    const id = this.#sockets.size;
    const opening = { protocol: Promise.withResolvers<string>(), closed: Promise.withResolvers<number>(), receive };
    this.#sockets.set(id, opening);
    this.#program.write({ id, open: subprotocols });
    return {
      protocol: await this.#program.unlessEnded(opening.protocol.promise),
      closed: opening.closed.promise,
      send: (text) => this.#program.write({ id, send: String(text) }),
      close: () => this.#program.write({ id, close: true }),
    } satisfies TextSocket;
  };

  end(): Promise<void> {
    return this.#program.end();
  }

  #take({ id, protocol, text, closed }: Line): void {
    const opening = this.#sockets.get(id);
    if (text !== undefined) opening?.receive(text);
    else if (closed !== undefined) opening?.closed.resolve(closed);
    else opening?.protocol.resolve(String(protocol));
  }
}
