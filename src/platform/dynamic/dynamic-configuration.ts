import { Logger } from '@nestjs/common';
import { merged } from './merged.js';
import { type FindSetting, type Setting, settingsWith } from './settings.js';
import { SettingsLayer } from './settings-layer.js';
import type { SettingsSource } from './settings-source.js';

type Log = Pick<Logger, 'warn' | 'error'>;
type Values = ReadonlyMap<string, unknown>;

/** What several sources say of one key, the weakest first, and what holds. */
interface Combined {
  readonly parts: readonly unknown[];
  readonly value: unknown;
}

/** Settings that change while the process runs, over those it started with. */
export class DynamicConfiguration {
  readonly #layers: readonly SettingsLayer[];
  readonly #subscribers = new Set<(values: Values) => void>();
  #combined: ReadonlyMap<string, Combined> = new Map();
  #values: Values = new Map();

  /** A later source wins over an earlier one. Without any, everything stays as configured. */
  constructor(
    private readonly sources: readonly SettingsSource[],
    private readonly logger: Log = new Logger('Configuration'),
    private readonly settingOf: FindSetting = settingsWith(),
  ) {
    this.#layers = sources.map(({ name }) => new SettingsLayer(name, settingOf, logger));
    for (const [index, source] of sources.entries()) {
      source.watch((entries) => {
        this.#layers[index]?.take(entries);
        this.#tell();
      });
    }
  }

  /** Resolves when every source has told what it has. */
  get ready(): Promise<unknown> {
    return Promise.all(this.sources.map(({ ready }) => ready));
  }

  /** Tells the value, if there is one, and every change; undefined: as configured again. */
  subscribe<T>({ key }: Setting<T>, listener: (value: T | undefined) => void): void {
    let told: T | undefined;
    this.#subscribe(key, (values) => {
      const value = values.get(key) as T | undefined;
      if (value === told) return;
      told = value;
      listener(value);
    });
  }

  /** The same of a family: all its values by name, whenever one of them changes. */
  subscribeAll<T>({ key }: Setting<T>, listener: (values: ReadonlyMap<string, T>) => void): void {
    let told: ReadonlyMap<string, T> = new Map();
    this.#subscribe(key, (values) => {
      const family = familyOf<T>(key, values);
      if (isSame(family, told)) return;
      told = family;
      listener(family);
    });
  }

  async close(): Promise<void> {
    this.#subscribers.clear();
    await Promise.all(this.sources.map((source) => source.close()));
  }

  #subscribe(key: string, subscriber: (values: Values) => void): void {
    const guarded = (values: Values) => {
      try {
        subscriber(values);
      } catch (error) {
        this.logger.error(`${key} could not be applied: ${error}`);
      }
    };
    this.#subscribers.add(guarded);
    guarded(this.#values);
  }

  #tell(): void {
    const told = this.#layers.flatMap(({ values }) => [...values]);
    const byKey = [...Map.groupBy(told, ([key]) => key)];
    const parts = byKey.map(([key, entries]) => [key, entries.map(([, value]) => value)] as const);
    this.#combined = new Map(parts.map(([key, values]) => [key, this.#combine(key, values)]));
    this.#values = new Map([...this.#combined].map(([key, { value }]) => [key, value]));
    for (const subscriber of this.#subscribers) subscriber(this.#values);
  }

  /** The same object as before where nothing has changed: that is how subscribers see it. */
  #combine(key: string, parts: readonly unknown[]): Combined {
    const known = this.#combined.get(key);
    if (known?.parts.length === parts.length && parts.every((part, index) => part === known.parts[index])) return known;
    return { parts, value: this.settingOf(key)?.isPart ? parts.reduce(merged) : parts.at(-1) };
  }
}

function familyOf<T>(key: string, values: Values): ReadonlyMap<string, T> {
  const prefix = `${key}/`;
  const members = [...values].filter(([path]) => path.startsWith(prefix));
  return new Map(members.map(([path, value]) => [path.slice(prefix.length), value as T]));
}

const isSame = <T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): boolean =>
  one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
