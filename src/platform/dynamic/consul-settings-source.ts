import { Logger } from '@nestjs/common';
import type Consul from 'consul';
import { z } from 'zod';
import { type BlockingQuery, ConsulWatch, type WatchSettings, watchDefaults } from '../consul/consul-watch.js';
import { type Entries, type EntriesListener, SettingsSource } from './settings-source.js';

/** Absent when the key does not exist; null for an empty value. */
const items = z.array(z.object({ Key: z.string(), Value: z.string().nullable() })).default([]);

function toEntries(prefix: string, body: unknown): Entries {
  const entries = items.parse(body).map(({ Key, Value }) => [Key.slice(prefix.length), (Value ?? '').trim()] as const);
  // the web interface creates an entry for the folder itself
  return new Map(entries.filter(([key]) => key !== '' && !key.endsWith('/')));
}

/** The deletion of a parent folder is noticed only when the wait ends. */
const settingsWatch: WatchSettings = { ...watchDefaults, waitSeconds: 10 };

export class ConsulSettingsSource extends SettingsSource {
  readonly #ready = Promise.withResolvers<void>();
  readonly #watches: ConsulWatch[] = [];

  constructor(
    private readonly consul: Consul,
    override readonly name: string,
    private readonly settings: WatchSettings = settingsWatch,
    private readonly logger: Pick<Logger, 'warn' | 'log'> = new Logger('Configuration'),
  ) {
    super();
  }

  override get ready(): Promise<void> {
    return this.#ready.promise;
  }

  override watch(listener: EntriesListener): void {
    const key = `${this.name}/`;
    const query = (options: BlockingQuery) => this.consul.kv.get({ ...options, key, recurse: true });
    const answered = (body: unknown) => {
      listener(toEntries(key, body));
      this.#ready.resolve();
    };
    this.#watches.push(new ConsulWatch(this.name, query, answered, this.logger, this.settings));
  }

  override async close(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.close()));
  }
}
