import { randomUUID } from 'node:crypto';
import { type Client, NOOP_PROVIDER, OpenFeature, type Provider, ProviderEvents } from '@openfeature/server-sdk';
import { declaredFlags, type Flag } from '../../contract/flag.js';
import { FeatureFlags } from '../../ports/feature-flags.js';

const variants: Readonly<Record<string, boolean>> = { on: true, off: false };

export function flagConfiguration(flags: ReadonlyMap<string, boolean>) {
  const entries = [...flags].map(([key, isOn]) => {
    return [key, { variants, defaultVariant: isOn ? 'on' : 'off', disabled: false }] as const;
  });
  return Object.fromEntries(entries);
}

/** Evaluates all flags at every change: OpenFeature returns promises, and `isOn` must not. */
export class OpenFeatureFlags extends FeatureFlags {
  readonly #on = new Map<string, boolean>();
  readonly #client: Client;
  #evaluated: Promise<void> = Promise.resolve();

  private constructor(private readonly domain: string) {
    super();
    this.#client = OpenFeature.getClient(domain);
  }

  /** Rejects if `provider` cannot start. One per application. */
  static async open(provider: Provider): Promise<OpenFeatureFlags> {
    const domain = randomUUID();
    await OpenFeature.setProviderAndWait(domain, provider);
    const flags = new OpenFeatureFlags(domain);
    flags.#client.addHandler(ProviderEvents.ConfigurationChanged, () => void flags.evaluate());
    await flags.evaluate();
    return flags;
  }

  override isOn(flag: Flag): boolean {
    return this.#on.get(flag.key) ?? this.#addLate(flag);
  }

  /** Resolves when all changes so far are in effect. */
  evaluate(): Promise<void> {
    this.#evaluated = this.#evaluated.then(async () => {
      for (const { key, fallback } of declaredFlags()) {
        this.#on.set(key, await this.#client.getBooleanValue(key, fallback));
      }
    });
    return this.#evaluated;
  }

  async onApplicationShutdown(): Promise<void> {
    await OpenFeature.setProviderAndWait(this.domain, NOOP_PROVIDER);
  }

  #addLate({ key, fallback }: Flag): boolean {
    this.#on.set(key, fallback);
    void this.evaluate();
    return fallback;
  }
}
