import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { merge } from './resilience-settings.js';
import { type FindSetting, type Setting, settingsWith } from './settings.js';
import { SettingsLayer } from './settings-layer.js';
import type { SettingsSource } from './settings-source.js';

type Log = Pick<Logger, 'warn' | 'error'>;
type Values = ReadonlyMap<string, unknown>;

export class DynamicConfiguration {
  readonly #layers: readonly SettingsLayer[];
  readonly #subscribers = new Set<(values: Values) => void>();
  #values: Values = new Map();

  /** Later sources override earlier ones. */
  constructor(
    private readonly sources: readonly SettingsSource[],
    private readonly logger: Log = new Logger('Configuration'),
    private readonly settingOf: FindSetting = settingsWith(),
  ) {
    this.#layers = sources.map(({ name }) => new SettingsLayer(name, settingOf, logger));
    for (const [index, source] of sources.entries()) {
      source.watch((entries) => {
        this.#layers[index]?.take(entries);
        this.#publish();
      });
    }
  }

  get ready(): Promise<unknown> {
    return Promise.all(this.sources.map(({ ready }) => ready));
  }

  /** Calls `listener` with the current value, if any, and with every change. Undefined means: as configured. */
  subscribe<T>({ key }: Setting<T>, listener: (value: T | undefined) => void): void {
    this.#subscribe(key, (values) => values.get(key) as T | undefined, listener);
  }

  subscribeAll<T>({ key }: Setting<T>, listener: (values: ReadonlyMap<string, T>) => void): void {
    const prefix = `${key}/`;
    const familyOf = (values: Values) => {
      const members = [...values].filter(([path]) => path.startsWith(prefix));
      return new Map(members.map(([path, value]) => [path.slice(prefix.length), value as T]));
    };
    this.#subscribe(key, familyOf, listener);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#subscribers.clear();
    await Promise.all(this.sources.map((source) => source.close()));
  }

  #subscribe<T>(key: string, select: (values: Values) => T, listener: (value: T) => void): void {
    let known = select(new Map());
    const subscriber = (values: Values) => {
      const value = select(values);
      if (isDeepStrictEqual(value, known)) return;
      known = value;
      try {
        listener(value);
      } catch (error) {
        this.logger.error(`${key} could not be applied: ${error}`);
      }
    };
    this.#subscribers.add(subscriber);
    subscriber(this.#values);
  }

  #publish(): void {
    const values = new Map<string, unknown>();
    for (const [key, value] of this.#layers.flatMap((layer) => [...layer.values])) {
      values.set(key, this.settingOf(key)?.isPart ? merge(values.get(key), value) : value);
    }
    this.#values = values;
    for (const subscriber of this.#subscribers) subscriber(values);
  }
}
