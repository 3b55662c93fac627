import type { Connection } from './connection.js';

/** All open connections, pinged by one timer. */
export class Heartbeat {
  readonly #connections = new Set<Connection>();
  readonly #timer: NodeJS.Timeout;

  constructor(intervalMs: number) {
    this.#timer = setInterval(() => {
      for (const connection of this.#connections) connection.beat();
    }, intervalMs).unref();
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  delete(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** Resolves when every connection has finished its calls and is closed. */
  async drain(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#connections].map((connection) => connection.drain()));
  }
}
