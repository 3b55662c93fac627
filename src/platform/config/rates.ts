import { z } from 'zod';
import type { LimitSettings } from '../../pipeline/pipeline-settings.js';
import type { Rate } from '../../ports/rate-limiter.js';

export interface Rates extends LimitSettings {
  /** Messages per connection, over WebSocket and the embedded MQTT broker. */
  readonly connection: Rate;
  readonly login: Rate;
  readonly loginAddress: Rate;
}

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

const named = new Set(['address', 'caller', 'connection', 'login', 'login-address']);

type Entry = readonly [name: string, rate: Rate];

const propertyOf = (name: string) => (name === 'login-address' ? 'loginAddress' : name);

function readEntry(entry: string): Entry | undefined {
  const match = /^([A-Za-z][\w.-]*)=([1-9]\d{0,8})\/([1-9]\d{0,5})?([smh])$/.exec(entry);
  const [, name = '', quota, count = '1', unit] = match ?? [];
  if (!name.includes('.') && !named.has(name)) return undefined;
  return [name, { quota: Number(quota), windowSeconds: Number(count) * SECONDS[unit as keyof typeof SECONDS] }];
}

function withEntries(entries: readonly Entry[]): Rates {
  const operations = entries.filter(([name]) => name.includes('.'));
  const others = entries.filter(([name]) => !name.includes('.')).map(([name, rate]) => [propertyOf(name), rate]);
  return { ...defaults, ...Object.fromEntries(others), operations: Object.fromEntries(operations) };
}

/** `on`, `off`, or entries that override single defaults: `caller=200/s, users.createUser=20/10m`. */
export const rates = z
  .string()
  .transform((value, context): Rates => {
    if (value === 'on' || value === 'off') return { ...defaults, enabled: value === 'on' };
    const items = value.split(',').map((item) => item.trim());
    const entries = items.map(readEntry);
    const wrong = items.filter((_, index) => entries[index] === undefined);
    if (wrong.length > 0)
      context.addIssue({ code: 'custom', message: `has entries that are not understood (${wrong.join(', ')})` });
    return withEntries(entries.filter((entry) => entry !== undefined));
  })
  .describe('off, on or a list such as caller=1000/s,login=10/15m,users.createUser=20/10m');

/** `operations`: names that may have a rate; any when absent. */
export const ratesOf = (operations?: ReadonlySet<string>) =>
  rates.superRefine((value, context) => {
    const unknown = Object.keys(value.operations).filter((name) => operations?.has(name) === false);
    if (unknown.length === 0) return;
    context.addIssue({ code: 'custom', message: `has rates of operations that do not exist (${unknown.join(', ')})` });
  });

export class CurrentRates {
  constructor(public value: Rates) {}

  readonly ofConnection = (): Rate | undefined => (this.value.enabled ? this.value.connection : undefined);
}
