import { type Entries, type EntriesListener, SettingsSource } from '../../src/platform/dynamic/settings-source.js';

/** Settings of this process alone. */
export class MemorySettingsSource extends SettingsSource {
  override readonly ready = Promise.resolve();
  readonly #listeners = new Set<EntriesListener>();
  #entries: Entries = new Map();

  constructor(override readonly name: string) {
    super();
  }

  override watch(listener: EntriesListener): void {
    this.#listeners.add(listener);
    listener(this.#entries);
  }

  /** Undefined removes the key. */
  set(key: string, text: string | undefined): void {
    const entries = new Map(this.#entries);
    if (text === undefined) entries.delete(key);
    else entries.set(key, text);
    this.#entries = entries;
    for (const listener of this.#listeners) listener(entries);
  }

  override async close(): Promise<void> {
    this.#listeners.clear();
  }
}
