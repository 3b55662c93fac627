interface Connection {
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** At most one connection, opened on demand and again after a loss. */
export class LazyConnection<C extends Connection> {
  #opening: Promise<C> | undefined;

  get(open: () => Promise<C>): Promise<C> {
    if (this.#opening) return this.#opening;
    const opening = open();
    const forget = () => {
      if (this.#opening === opening) this.#opening = undefined;
    };
    opening.then(({ closed }) => closed.then(forget), forget);
    this.#opening = opening;
    return opening;
  }

  /** Removes the connection; the next `get` opens another one. */
  async take(): Promise<C | undefined> {
    const opening = this.#opening;
    this.#opening = undefined;
    return opening?.catch(() => undefined);
  }
}
