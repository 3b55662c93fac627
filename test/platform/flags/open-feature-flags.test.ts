import { FirstMatchStrategy, MultiProvider } from '@openfeature/server-sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { flag } from '../../../src/contract/flag.js';
import { FlagProvider } from '../../../src/platform/flags/flag-provider.js';
import { OpenFeatureFlags } from '../../../src/platform/flags/open-feature-flags.js';

const newSearch = flag('test-new-search');
const oldExport = flag('test-old-export', { fallback: true });
const flags: OpenFeatureFlags[] = [];

async function open(...providers: FlagProvider[]): Promise<OpenFeatureFlags> {
  const chain = new MultiProvider(
    providers.map((provider) => ({ provider })),
    new FirstMatchStrategy(),
  );
  const opened = await OpenFeatureFlags.open(chain);
  flags.push(opened);
  return opened;
}

const provider = (name: string, values: Record<string, boolean> = {}) =>
  new FlagProvider(name, new Map(Object.entries(values)));

afterEach(async () => {
  for (const opened of flags.splice(0)) await opened.close();
});

describe('feature flags', () => {
  test('are as declared without another value', async () => {
    const known = await open(provider('environment'));
    expect([known.isOn(newSearch), known.isOn(oldExport)]).toEqual([false, true]);
  });

  test('have the value of the first provider that has one', async () => {
    const environment = provider('environment', { 'test-new-search': true, 'test-old-export': false });
    const known = await open(provider('dynamic', { 'test-new-search': false }), environment);
    expect([known.isOn(newSearch), known.isOn(oldExport)]).toEqual([false, false]);
  });

  test('change while the process runs, and fall back when a provider no longer has them', async () => {
    const dynamic = provider('dynamic');
    const known = await open(dynamic, provider('environment', { 'test-new-search': true }));
    dynamic.put(new Map([['test-new-search', false]]));
    await expect.poll(() => known.isOn(newSearch)).toBe(false);
    dynamic.put(new Map());
    await expect.poll(() => known.isOn(newSearch)).toBe(true);
  });

  test('that are declared after the start are evaluated soon after their first use', async () => {
    const known = await open(provider('environment', { 'test-late': true }));
    const late = flag('test-late');
    expect(known.isOn(late)).toBe(false);
    await expect.poll(() => known.isOn(late)).toBe(true);
  });

  test('of two applications in one process are their own', async () => {
    const [one, other] = [
      await open(provider('one', { 'test-new-search': true })),
      await open(provider('other', { 'test-new-search': false })),
    ];
    expect([one.isOn(newSearch), other.isOn(newSearch)]).toEqual([true, false]);
  });

  test('are no texts, numbers or objects', async () => {
    const environment = provider('environment', { 'test-new-search': true });
    await expect(environment.resolveStringEvaluation('test-new-search')).rejects.toThrow('is not on or off');
    await expect(environment.resolveNumberEvaluation('test-new-search')).rejects.toThrow('is not on or off');
    await expect(environment.resolveObjectEvaluation('test-new-search')).rejects.toThrow('is not on or off');
  });
});

describe('a flag', () => {
  test('is declared as often as one likes, the same way', () => {
    expect(flag('test-new-search')).toBe(newSearch);
    expect(() => flag('test-new-search', { fallback: true })).toThrow('declared with two fallbacks');
    expect(() => flag('New Search')).toThrow('not kebab-case');
  });
});
