import { z } from 'zod';
import { parseJson } from '../../contract/parse-json.js';
import { rates, ratesOf } from '../config/rates.js';
import { flag, severity } from '../config/readings.js';
import { type PressureChange, pressureSettings } from '../pressure/pressure-settings.js';
import { type ResilienceChange, resilienceSettings } from './resilience-settings.js';

export interface Setting<T> {
  readonly key: string;
  readonly schema: z.ZodType<T, string>;
  /** Every key directly below `key`, instead of `key`. */
  readonly isFamily?: true;
  /** Values of several sources are merged. Otherwise the last source replaces the others. */
  readonly isPart?: true;
}

/** As written, without the defaults of the schema: omitted parts stay as configured. */
const changeOf = <T extends z.ZodType>(settings: T) =>
  z.string().transform((text, context): z.input<T> => {
    try {
      const change = parseJson(text);
      const { error } = settings.safeParse(change);
      for (const { path, message } of error?.issues ?? []) {
        context.addIssue({ code: 'custom', message: [path.join('.'), message].filter(Boolean).join(': ') });
      }
      return change as z.input<T>;
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON' });
      return z.NEVER;
    }
  });

const resilienceChange: z.ZodType<ResilienceChange, string> = changeOf(resilienceSettings);
const pressureChange: z.ZodType<PressureChange, string> = changeOf(pressureSettings);

export const logLevel = { key: 'log-level', schema: severity };

export const rateLimits = { key: 'rate-limits', schema: rates };

export const resilience = { key: 'resilience', schema: resilienceChange, isPart: true } as const;

/** Overrides `resilience`: `resilience/user-service`. */
export const resilienceOf = { ...resilience, isFamily: true } as const;

export const shedding = { key: 'shedding', schema: pressureChange, isPart: true } as const;

export const featureFlags = { key: 'flags', schema: flag, isFamily: true } as const;

const others: readonly Setting<unknown>[] = [logLevel, resilience, resilienceOf, shedding, featureFlags];

export type FindSetting = (key: string) => Setting<unknown> | undefined;

export function settingsWith(operations?: ReadonlySet<string>): FindSetting {
  const settings = [...others, { ...rateLimits, schema: ratesOf(operations) }];
  return (key) => {
    const [folder = '', ...rest] = key.split('/');
    return settings.find(({ key: known, isFamily }) => known === folder && rest.length === (isFamily ? 1 : 0));
  };
}
