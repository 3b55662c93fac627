import { z } from 'zod';
import { logLevels } from '../config/configuration.js';
import { rates } from '../config/rates.js';
import { choice, flag } from '../config/readings.js';
import { type PressureChange, pressureSettings } from '../resilience/pressure-settings.js';
import { type ResilienceChange, resilienceSettings } from '../resilience/settings.js';

/** One key, or with `isFamily` every key directly below it; the schema reads the text of the value. */
export interface Setting<T> {
  readonly key: string;
  readonly isFamily: boolean;
  readonly schema: z.ZodType<T, string>;
}

const one = <T>(key: string, schema: z.ZodType<T, string>): Setting<T> => ({ key, isFamily: false, schema });
const each = <T>(key: string, schema: z.ZodType<T, string>): Setting<T> => ({ key, isFamily: true, schema });

/** Kept as it was written, for what it leaves out must stay as configured. */
const changeOf = <T extends z.ZodType>(settings: T) =>
  z.string().transform((text, context): z.input<T> => {
    try {
      const change: unknown = JSON.parse(text);
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

/** In place of LOG_LEVEL. */
export const logLevel = one('log-level', choice(logLevels));

/** In place of RATE_LIMITS, in the same form. */
export const rateLimits = one('rate-limits', rates);

/** Time limits, breaker, retries of the calls to every remote service and outbound dependency: JSON. */
export const resilience = one('resilience', resilienceChange);

/** Over `resilience`, by name: `resilience/user-service`. */
export const resilienceOf = each('resilience', resilienceChange);

/** In place of the SHED_ variables, any part of them: JSON. */
export const shedding = one('shedding', pressureChange);

/** `flags/new-search`: true or false. */
export const featureFlags = each('flags', flag);

const settings: readonly Setting<unknown>[] = [logLevel, rateLimits, resilience, resilienceOf, shedding, featureFlags];

/** What `log-level` and `flags/*` are for; undefined for a key that nothing reads. */
export function settingOf(key: string): Setting<unknown> | undefined {
  const [folder = '', ...rest] = key.split('/');
  return settings.find(({ key: known, isFamily }) => known === folder && rest.length === (isFamily ? 1 : 0));
}
