/** Text by key: `log-level` -> `debug`. */
export type Entries = ReadonlyMap<string, string>;

export type EntriesListener = (entries: Entries) => void;

/** Where settings come from that change while the process runs. */
export abstract class SettingsSource {
  /** For the log: `config/user-service`. */
  abstract readonly name: string;
  /** Tells all entries, as soon as they are known and whenever one changes; nothing while the source is away. */
  abstract watch(listener: EntriesListener): void;
  /** Resolves when the entries were told for the first time. */
  abstract readonly ready: Promise<void>;
  abstract close(): Promise<void>;
}
