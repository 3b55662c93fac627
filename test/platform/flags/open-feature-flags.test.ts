import {
  FirstMatchStrategy,
  MultiProvider,
  OpenFeature,
  type Provider,
  TypedInMemoryProvider,
} from '@openfeature/server-sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { flag } from '../../../src/contract/flag.js';
import { flagConfiguration, OpenFeatureFlags } from '../../../src/platform/flags/open-feature-flags.js';

const newSearch = flag('test-new-search');
const oldExport = flag('test-old-export', { fallback: true });
const flags: OpenFeatureFlags[] = [];

async function open(...providers: Provider[]): Promise<OpenFeatureFlags> {
  const chain = new MultiProvider(
    providers.map((provider) => ({ provider })),
    new FirstMatchStrategy(),
  );
  const opened = await OpenFeatureFlags.open(chain);
  flags.push(opened);
  return opened;
}

const provider = (values: Record<string, boolean> = {}) =>
  new TypedInMemoryProvider(flagConfiguration(new Map(Object.entries(values))));

afterEach(async () => {
  for (const opened of flags.splice(0)) await opened.onApplicationShutdown();
});

describe('feature flags', () => {
  test('are as declared without another value', async () => {
    const known = await open(provider());
    expect([known.isOn(newSearch), known.isOn(oldExport)]).toEqual([false, true]);
  });

  test('have the value of the first provider that has one', async () => {
    const environment = provider({ 'test-new-search': true, 'test-old-export': false });
    const known = await open(provider({ 'test-new-search': false }), environment);
    expect([known.isOn(newSearch), known.isOn(oldExport)]).toEqual([false, false]);
  });

  test('change while the process runs, and fall back when a provider no longer has them', async () => {
    const dynamic = provider();
    const known = await open(dynamic, provider({ 'test-new-search': true }));
    dynamic.putConfiguration(flagConfiguration(new Map([['test-new-search', false]])));
    await expect.poll(() => known.isOn(newSearch)).toBe(false);
    dynamic.putConfiguration({});
    await expect.poll(() => known.isOn(newSearch)).toBe(true);
  });

  test('that are declared after the start are evaluated soon after their first use', async () => {
    const known = await open(provider({ 'test-late': true }));
    const late = flag('test-late');
    expect(known.isOn(late)).toBe(false);
    await expect.poll(() => known.isOn(late)).toBe(true);
  });

  test('of two applications in one process are their own', async () => {
    const [one, other] = [
      await open(provider({ 'test-new-search': true })),
      await open(provider({ 'test-new-search': false })),
    ];
    expect([one.isOn(newSearch), other.isOn(newSearch)]).toEqual([true, false]);
  });

  test('are no texts, numbers or objects', async () => {
    const domain = 'test-other-types';
    await OpenFeature.setProviderAndWait(domain, provider({ 'test-new-search': true }));
    const client = OpenFeature.getClient(domain);
    expect(await client.getStringValue('test-new-search', 'no text')).toBe('no text');
    expect(await client.getNumberValue('test-new-search', 7)).toBe(7);
    expect(await client.getObjectValue('test-new-search', { no: 'object' })).toEqual({ no: 'object' });
  });
});

describe('a flag', () => {
  test('is declared as often as one likes, the same way', () => {
    expect(flag('test-new-search')).toBe(newSearch);
    expect(() => flag('test-new-search', { fallback: true })).toThrow('declared with two fallbacks');
    expect(() => flag('New Search')).toThrow('not kebab-case');
  });
});
