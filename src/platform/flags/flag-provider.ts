import {
  FlagNotFoundError,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  type ResolutionDetails,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';

async function notFound(key: string): Promise<never> {
  throw new FlagNotFoundError(`${key} is not on or off`);
}

/** Without targeting. Leaves unknown flags to the next provider. */
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

  readonly resolveStringEvaluation = notFound;
  readonly resolveNumberEvaluation = notFound;
  readonly resolveObjectEvaluation = notFound;
}
