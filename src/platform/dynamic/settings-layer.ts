import type { Logger } from '@nestjs/common';
import type { FindSetting } from './settings.js';
import type { Entries } from './settings-source.js';

interface Accepted {
  readonly text: string;
  readonly value: unknown;
}

type SettingsLog = Pick<Logger, 'warn'>;

/** The values of one source: each the last one that was valid. Every change is a warning, to be seen at most log levels. */
export class SettingsLayer {
  readonly #accepted = new Map<string, Accepted>();
  /** By key the text that was refused: it is logged once. */
  readonly #refused = new Map<string, string>();

  constructor(
    private readonly name: string,
    private readonly settingOf: FindSetting,
    private readonly logger: SettingsLog,
  ) {}

  /** An entry whose text stays the same keeps its very value. */
  get values(): Iterable<readonly [key: string, value: unknown]> {
    return [...this.#accepted].map(([key, { value }]) => [key, value] as const);
  }

  take(entries: Entries): void {
    for (const key of [...this.#accepted.keys()].filter((known) => !entries.has(known))) {
      this.#accepted.delete(key);
      this.logger.warn(`${this.name}/${key} is gone`);
    }
    for (const key of [...this.#refused.keys()].filter((known) => !entries.has(known))) this.#refused.delete(key);
    for (const [key, text] of entries) this.#read(key, text);
  }

  #read(key: string, text: string): void {
    if (this.#accepted.get(key)?.text === text) {
      this.#refused.delete(key);
      return;
    }
    const setting = this.settingOf(key);
    const read = setting?.schema.safeParse(text);
    if (read?.success) this.#accept(key, { text, value: read.data });
    else this.#refuse(key, text, read?.error.issues.map(({ message }) => message).join('; ') ?? 'nothing reads it');
  }

  #accept(key: string, accepted: Accepted): void {
    this.#refused.delete(key);
    this.#accepted.set(key, accepted);
    this.logger.warn(`${this.name}/${key} is now ${shown(accepted.text)}`);
  }

  #refuse(key: string, text: string, reason: string): void {
    if (this.#refused.get(key) === text) return;
    this.#refused.set(key, text);
    const kept = this.#accepted.get(key);
    const instead = kept ? `; it stays ${shown(kept.text)}` : '';
    this.logger.warn(`${this.name}/${key}: ${shown(text)} is refused: ${reason}${instead}`);
  }
}

const shown = (text: string): string => `"${text.slice(0, 200)}"`;
