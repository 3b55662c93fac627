import { z } from 'zod';
import type { Rate, Rates } from './configuration.js';

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

const defaults: Rates = {
  enabled: true,
  address: { quota: 5000, windowSeconds: 1 },
  caller: { quota: 1000, windowSeconds: 1 },
  connection: { quota: 1000, windowSeconds: 1 },
  login: { quota: 10, windowSeconds: 15 * 60 },
  loginAddress: { quota: 100, windowSeconds: 15 * 60 },
  operations: {},
};

const knownNames = new Map<string, Exclude<keyof Rates, 'enabled' | 'operations'>>([
  ['address', 'address'],
  ['caller', 'caller'],
  ['connection', 'connection'],
  ['login', 'login'],
  ['login-address', 'loginAddress'],
]);

type Entry = readonly [name: string, rate: Rate];

function readEntry(entry: string): Entry | undefined {
  const match = /^([A-Za-z][\w.-]*)=([1-9]\d{0,8})\/([1-9]\d{0,5})?([smh])$/.exec(entry);
  if (match === null) return undefined;
  const [, name = '', quota, count = '1', unit] = match;
  if (!knownNames.has(name) && !name.includes('.')) return undefined;
  return [name, { quota: Number(quota), windowSeconds: Number(count) * SECONDS[unit as keyof typeof SECONDS] }];
}

function withEntries(entries: readonly Entry[]): Rates {
  const known = entries.flatMap(([name, rate]) => {
    const property = knownNames.get(name);
    return property === undefined ? [] : [[property, rate] as const];
  });
  const operations = Object.fromEntries(entries.filter(([name]) => !knownNames.has(name)));
  return { ...defaults, ...Object.fromEntries(known), operations };
}

/**
 * `on`, `off`, or entries `name=quota/window` that replace the defaults one by one:
 * `caller=200/s, users.createUser=20/10m`.
 */
export const rates = z.string().transform((value, context): Rates => {
  if (value === 'on' || value === 'off') return { ...defaults, enabled: value === 'on' };
  const items = value.split(',').map((item) => item.trim());
  const entries = items.map(readEntry);
  const wrong = items.filter((_, index) => entries[index] === undefined);
  if (wrong.length > 0)
    context.addIssue({ code: 'custom', message: `has entries that are not understood (${wrong.join(', ')})` });
  return withEntries(entries.filter((entry) => entry !== undefined));
});

/** `rates` that name no operation but these, by wire name. */
export const ratesOf = (operations: ReadonlySet<string>) =>
  rates.superRefine((value, context) => {
    const unknown = Object.keys(value.operations).filter((name) => !operations.has(name));
    if (unknown.length === 0) return;
    context.addIssue({ code: 'custom', message: `has rates of operations that do not exist (${unknown.join(', ')})` });
  });
