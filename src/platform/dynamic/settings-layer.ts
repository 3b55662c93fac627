import type { Logger } from '@nestjs/common';
import type { FindSetting } from './settings.js';
import type { Entries } from './settings-source.js';

interface Accepted {
  readonly text: string;
  readonly value: unknown;
}

/** Last valid values of one source. Changes are logged as warnings, so that most log levels show them. */
export class SettingsLayer {
  readonly #accepted = new Map<string, Accepted>();
  readonly #refused = new Map<string, string>();

  constructor(
    private readonly name: string,
    private readonly settingOf: FindSetting,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  get values(): readonly (readonly [key: string, value: unknown])[] {
    return [...this.#accepted].map(([key, { value }]) => [key, value] as const);
  }

  take(entries: Entries): void {
    for (const key of this.#refused.keys()) if (!entries.has(key)) this.#refused.delete(key);
    for (const key of this.#accepted.keys()) {
      if (entries.has(key)) continue;
      this.#accepted.delete(key);
      this.logger.warn(`${this.name}/${key} was removed`);
    }
    for (const [key, text] of entries) this.#read(key, text);
  }

  #read(key: string, text: string): void {
    const known = this.#accepted.get(key);
    if (this.#refused.get(key) === text) return;
    this.#refused.delete(key);
    if (known?.text === text) return;
    const read = this.settingOf(key)?.schema.safeParse(text);
    if (read?.success) {
      this.#accepted.set(key, { text, value: read.data });
      this.logger.warn(`${this.name}/${key} is now ${shown(text)}`);
      return;
    }
    this.#refused.set(key, text);
    const reason = read?.error.issues.map(({ message }) => message).join('; ') ?? 'nothing reads it';
    const instead = known ? `; it stays ${shown(known.text)}` : '';
    this.logger.warn(`${this.name}/${key}: ${shown(text)} is refused: ${reason}${instead}`);
  }
}

const shown = (text: string): string => `"${text.slice(0, 200)}"`;
