/** Text by key: `log-level` -> `debug`. */
export type Entries = ReadonlyMap<string, string>;

export type EntriesListener = (entries: Entries) => void;

export abstract class SettingsSource {
  abstract readonly name: string;
  /** Calls `listener` with all entries, first when they are known and then after each change. */
  abstract watch(listener: EntriesListener): void;
  abstract readonly ready: Promise<void>;
  abstract close(): Promise<void>;
}
