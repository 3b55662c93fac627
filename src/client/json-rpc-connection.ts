interface Pending<T> extends PromiseWithResolvers<T> {
  readonly bytes: number;
}

export class PendingCalls<T> {
  readonly #calls = new Map<string, Pending<T>>();

  get size(): number {
    return this.#calls.size;
  }

  /** Never settles once `signal` is aborted. */
  wait(id: string, bytes: number, signal: AbortSignal): Promise<T> {
    const pending = { ...Promise.withResolvers<T>(), bytes };
    this.#calls.set(id, pending);
    signal.addEventListener('abort', () => this.#calls.delete(id), { once: true });
    return pending.promise;
  }

  resolve(id: string, reply: T): void {
    this.#calls.get(id)?.resolve(reply);
    this.#calls.delete(id);
  }

  reject(id: string, error: Error): void {
    this.#calls.get(id)?.reject(error);
    this.#calls.delete(id);
  }

  rejectAll(error: Error): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }

  /** The call to fail when the server reports that a message is too large. */
  get largest(): string | undefined {
    const [largest] = [...this.#calls].sort(([, a], [, b]) => b.bytes - a.bytes);
    return largest?.[0];
  }
}
