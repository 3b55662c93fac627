/** Text by key: `log-level` -> `debug`. */
export type Entries = ReadonlyMap<string, string>;

export type EntriesListener = (entries: Entries) => void;

/** Where settings come from that change while the process runs. */
export abstract class SettingsSource {
  /** For the log: `config/user-service`. */
  abstract readonly name: string;
  /** Calls `listener` with all entries: once they are known, and whenever one changes. */
  abstract watch(listener: EntriesListener): void;
  /** Resolves when the entries are known. */
  abstract readonly ready: Promise<void>;
  abstract close(): Promise<void>;
}
