import type { JsonRpcReply } from './json-rpc.js';
import type { OutgoingCall } from './transport.js';

interface PendingCall extends PromiseWithResolvers<JsonRpcReply> {
  readonly bytes: number;
}

export abstract class JsonRpcConnection {
  readonly #pending = new Map<string, PendingCall>();
  readonly #closed = Promise.withResolvers<void>();
  #lastId = 0;

  abstract request(call: OutgoingCall): Promise<JsonRpcReply>;

  abstract close(): Promise<void>;

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  protected get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  protected nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  /** Never settles once `signal` is aborted. */
  protected reply(id: string, bytes: number, signal: AbortSignal): Promise<JsonRpcReply> {
    const pending = { ...Promise.withResolvers<JsonRpcReply>(), bytes };
    this.#pending.set(id, pending);
    signal.addEventListener('abort', () => this.#pending.delete(id), { once: true });
    return pending.promise;
  }

  protected resolve(id: string, reply: JsonRpcReply): void {
    this.#pending.get(id)?.resolve(reply);
    this.#pending.delete(id);
  }

  protected reject(id: string, error: Error): void {
    this.#pending.get(id)?.reject(error);
    this.#pending.delete(id);
  }

  /** The call to fail when the server reports that a message is too large. */
  protected rejectLargest(error: Error): void {
    const [largest] = [...this.#pending].sort(([, a], [, b]) => b.bytes - a.bytes);
    if (largest) this.reject(largest[0], error);
  }

  protected end(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#closed.resolve();
  }
}
