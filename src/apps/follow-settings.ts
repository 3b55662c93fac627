import { type INestApplicationContext, Logger } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Limits } from '../pipeline/limit.js';
import type { Configuration } from '../platform/config/configuration.js';
import { CurrentRates } from '../platform/config/rates.js';
import { DynamicConfiguration } from '../platform/dynamic/dynamic-configuration.js';
import { logLevel, rateLimits, resilience, resilienceOf, shedding } from '../platform/dynamic/settings.js';
import { MeasuredPressure } from '../platform/pressure/measured-pressure.js';
import { Resilience } from '../remote/resilience/resilience.js';
import { services } from './services.js';

const logger = new Logger('Configuration');

export function followSettings(app: INestApplicationContext, configuration: Configuration): void {
  const dynamic = app.get(DynamicConfiguration);
  dynamic.subscribe(logLevel, (level = configuration.logLevel) => {
    PinoLogger.root.level = level;
  });
  dynamic.subscribe(rateLimits, (rates = configuration.limits.rates) => {
    app.get(CurrentRates).value = rates;
    app.get(Limits).update(rates);
  });
  dynamic.subscribe(shedding, (change = {}) => app.get(MeasuredPressure).update(change));
  followResilience(dynamic, app.get(Resilience));
}

/** Dependencies of any name may be added: one is known only after its first call. */
function warnOfUnknownDependencies(names: readonly string[], calls: Resilience): void {
  const known = new Set([...Object.keys(services), ...calls.guards.map(({ name }) => name)]);
  const unknown = names.filter((name) => !known.has(name));
  for (const name of unknown) logger.warn(`resilience/${name}: no dependency of this name has been called yet`);
}

function followResilience(dynamic: DynamicConfiguration, calls: Resilience): void {
  dynamic.subscribe(resilience, (change = {}) => calls.update(change));
  let named: readonly string[] = [];
  dynamic.subscribeAll(resilienceOf, (changes) => {
    for (const name of named.filter((known) => !changes.has(known))) calls.update({}, name);
    for (const [name, change] of changes) calls.update(change, name);
    const names = [...changes.keys()];
    const added = names.filter((name) => !named.includes(name));
    warnOfUnknownDependencies(added, calls);
    named = names;
  });
}
