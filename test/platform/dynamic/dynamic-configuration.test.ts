import { beforeEach, describe, expect, test } from 'vitest';
import { DynamicConfiguration } from '../../../src/platform/dynamic/dynamic-configuration.js';
import {
  featureFlags,
  logLevel,
  rateLimits,
  resilience,
  resilienceOf,
  type Setting,
  settingsWith,
  shedding,
} from '../../../src/platform/dynamic/settings.js';
import { MemorySettingsSource } from '../../memory/memory-settings-source.js';

let common: MemorySettingsSource;
let own: MemorySettingsSource;
let lines: string[];
let configuration: DynamicConfiguration;

beforeEach(() => {
  lines = [];
  const add = (line: string) => lines.push(line);
  common = new MemorySettingsSource('config/application');
  own = new MemorySettingsSource('config/user-service');
  configuration = new DynamicConfiguration([common, own], { warn: add, error: add });
});

function changesOf<T>(setting: Setting<T>): (T | undefined)[] {
  const values: (T | undefined)[] = [];
  configuration.subscribe(setting, (value) => values.push(value));
  return values;
}

describe('a setting', () => {
  test('is reported when it is set, changed and removed, and not when another one is', () => {
    const levels = changesOf(logLevel);
    own.set('log-level', 'debug');
    own.set('rate-limits', 'off');
    own.set('log-level', 'warn');
    own.set('log-level', undefined);
    expect(levels).toEqual(['debug', 'warn', undefined]);
  });

  test('is reported at once to later subscribers', () => {
    own.set('log-level', 'debug');
    expect(changesOf(logLevel)).toEqual(['debug']);
  });

  test('of the service wins over that of all services, and leaves it in force when it goes', () => {
    const levels = changesOf(logLevel);
    own.set('log-level', 'debug');
    common.set('log-level', 'warn');
    own.set('log-level', undefined);
    expect(levels).toEqual(['debug', 'warn']);
  });

  test('keeps its last good value when the new one is not valid, and says why once', () => {
    const levels = changesOf(logLevel);
    own.set('log-level', 'debug');
    own.set('log-level', 'loud');
    own.set('rate-limits', 'off');
    expect(levels).toEqual(['debug']);
    expect(lines.filter((line) => line.includes('refused'))).toEqual([
      'config/user-service/log-level: "loud" is refused: is not one of fatal, error, warn, info, debug, trace, silent; it stays "debug"',
    ]);
    own.set('log-level', 'trace');
    expect(levels).toEqual(['debug', 'trace']);
  });

  test('stays as configured when its first value is not valid', () => {
    const levels = changesOf(logLevel);
    own.set('log-level', 'loud');
    expect(levels).toEqual([]);
  });

  test.each([
    ['rate-limits', 'caller=fast'],
    ['resilience', '{ "timeoutMs": '],
    ['resilience', '{ "timeoutMs": -1 }'],
    ['resilience', '{ "timeOutMs": 100 }'],
    ['resilience', 'null'],
    ['resilience/user-service', '{ "breaker": { "volume": 0 } }'],
    ['flags/new-search', 'yes'],
    ['log-levels', 'debug'],
    ['flags', 'true'],
    ['flags/a/b', 'true'],
  ])('%s can not be %s', (key, text) => {
    own.set(key, text);
    expect(lines).toEqual([expect.stringContaining(`config/user-service/${key}: "${text}" is refused: `)]);
  });

  test('reads rates as RATE_LIMITS does', () => {
    const rates = changesOf(rateLimits);
    own.set('rate-limits', 'caller=200/s,users.createUser=20/10m');
    expect(rates).toMatchObject([
      { enabled: true, caller: { quota: 200 }, operations: { 'users.createUser': { windowSeconds: 600 } } },
    ]);
  });

  test('gives of time limits and breakers what was written, not the defaults of the rest', () => {
    const changes = changesOf(resilience);
    own.set('resilience', '{ "timeoutMs": 500, "breaker": { "volume": 9 } }');
    expect(changes).toEqual([{ timeoutMs: 500, breaker: { volume: 9 } }]);
  });

  test('ignores a byte order mark before JSON', () => {
    const changes = changesOf(resilience);
    own.set('resilience', '\ufeff{ "timeoutMs": 500 }');
    expect(changes).toEqual([{ timeoutMs: 500 }]);
  });

  test('reaches the other subscribers when one of them fails', () => {
    configuration.subscribe(logLevel, () => {
      throw new Error('broken');
    });
    const levels = changesOf(logLevel);
    own.set('log-level', 'debug');
    expect(levels).toEqual(['debug']);
    expect(lines).toContain('log-level could not be applied: Error: broken');
  });
});

describe('a setting of parts', () => {
  const everywhere = '{ "timeoutMs": 1500, "breaker": { "volume": 9, "resetMs": 200 } }';

  test('of the service changes what it names, and leaves the rest as it is for all services', () => {
    const changes = changesOf(resilience);
    common.set('resilience', everywhere);
    own.set('resilience', '{ "breaker": { "volume": 50 } }');
    own.set('resilience', undefined);
    expect(changes).toEqual([
      { timeoutMs: 1500, breaker: { volume: 9, resetMs: 200 } },
      { timeoutMs: 1500, breaker: { volume: 50, resetMs: 200 } },
      { timeoutMs: 1500, breaker: { volume: 9, resetMs: 200 } },
    ]);
  });

  test('is not reported again when another one changes', () => {
    const changes = changesOf(resilience);
    common.set('resilience', everywhere);
    own.set('resilience', '{ "timeoutMs": 7 }');
    own.set('log-level', 'debug');
    expect(changes).toHaveLength(2);
  });

  test('may be of one name, or about shedding', () => {
    const named: unknown[] = [];
    configuration.subscribeAll(resilienceOf, (changes) => named.push(changes.get('user-service')));
    const shed = changesOf(shedding);
    common.set('resilience/user-service', '{ "timeoutMs": 1500 }');
    own.set('resilience/user-service', '{ "concurrency": 5 }');
    common.set('shedding', '{ "calls": 50 }');
    own.set('shedding', '{ "heap": 0.9 }');
    expect(named.at(-1)).toEqual({ timeoutMs: 1500, concurrency: 5 });
    expect(shed.at(-1)).toEqual({ calls: 50, heap: 0.9 });
  });
});

test('rates of an operation that does not exist are refused, and the last good ones stay', () => {
  const refused: string[] = [];
  const log = { warn: (line: string) => refused.push(line), error: () => undefined };
  configuration = new DynamicConfiguration([own], log, settingsWith(new Set(['users.createUser'])));
  const rates = changesOf(rateLimits);
  own.set('rate-limits', 'users.createUser=1/s');
  for (const text of ['users.nope=1/s', 'calller.x=1/s']) {
    own.set('rate-limits', text);
    expect(refused.at(-1)).toMatch(
      /refused: has rates of operations that do not exist \((users.nope|calller.x)\); it stays/,
    );
  }
  expect(rates).toHaveLength(1);
});

test('accepted and removed values are logged as warnings, so that most log levels show them', () => {
  const warnings: string[] = [];
  const log = { warn: (line: string) => warnings.push(line), error: () => undefined };
  configuration = new DynamicConfiguration([own], log);
  own.set('log-level', 'warn');
  own.set('log-level', undefined);
  expect(warnings).toEqual([
    'config/user-service/log-level is now "warn"',
    'config/user-service/log-level was removed',
  ]);
});

describe('a family of settings', () => {
  test('is reported as a whole, of both folders, whenever one of its keys changes', () => {
    const families: Record<string, unknown>[] = [];
    configuration.subscribeAll(featureFlags, (flags) => families.push(Object.fromEntries(flags)));
    common.set('flags/new-search', 'true');
    common.set('flags/old-export', 'true');
    own.set('flags/old-export', 'false');
    own.set('log-level', 'debug');
    common.set('flags/new-search', undefined);
    expect(families).toEqual([
      { 'new-search': true },
      { 'new-search': true, 'old-export': true },
      { 'new-search': true, 'old-export': false },
      { 'old-export': false },
    ]);
  });

  test('does not mix with the setting of its name', () => {
    const all = changesOf(resilience);
    const named: string[][] = [];
    configuration.subscribeAll(resilienceOf, (changes) => named.push([...changes.keys()]));
    own.set('resilience', '{ "timeoutMs": 500 }');
    own.set('resilience/user-service', '{ "timeoutMs": 100 }');
    expect([all, named]).toEqual([[{ timeoutMs: 500 }], [['user-service']]]);
  });
});

test('without a source everything stays as configured', async () => {
  configuration = new DynamicConfiguration([]);
  await configuration.ready;
  expect(changesOf(logLevel)).toEqual([]);
});

test('nothing is reported after the end', async () => {
  const levels = changesOf(logLevel);
  await configuration.onApplicationShutdown();
  own.set('log-level', 'debug');
  expect(levels).toEqual([]);
});
