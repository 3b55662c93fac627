import {
  FlagNotFoundError,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';

/** OpenFeature provider of flags that are on or off for everybody; those it does not have are left to the next one. */
export class FlagProvider implements Provider {
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  readonly metadata: { readonly name: string };

  constructor(
    name: string,
    private flags: ReadonlyMap<string, boolean>,
  ) {
    this.metadata = { name };
  }

  /** In place of all it had. */
  put(flags: ReadonlyMap<string, boolean>): void {
    const flagsChanged = [...new Set([...this.flags.keys(), ...flags.keys()])].filter(
      (key) => this.flags.get(key) !== flags.get(key),
    );
    this.flags = flags;
    this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
  }

  async resolveBooleanEvaluation(key: string): Promise<ResolutionDetails<boolean>> {
    const value = this.flags.get(key);
    if (value === undefined) throw new FlagNotFoundError(`${this.metadata.name} has no flag ${key}`);
    return { value, reason: StandardResolutionReasons.STATIC };
  }

  resolveStringEvaluation(key: string): Promise<ResolutionDetails<string>> {
    return this.#none(key);
  }

  resolveNumberEvaluation(key: string): Promise<ResolutionDetails<number>> {
    return this.#none(key);
  }

  resolveObjectEvaluation<T extends JsonValue>(key: string): Promise<ResolutionDetails<T>> {
    return this.#none(key);
  }

  async #none(key: string): Promise<never> {
    throw new FlagNotFoundError(`${key} is not on or off`);
  }
}
