import { Call } from '../../src/pipeline/call.js';
import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule, PinoLogger } from 'nestjs-pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followSettings } from '../../src/apps/follow-settings.js';
import { RateLimited } from '../../src/contract/built-in-failures.js';
import { describe as descriptorOf } from '../../src/contract/module.js';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import { configModule } from '../../src/platform/config/config.module.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';
import { CurrentRates } from '../../src/platform/config/rates.js';
import { DynamicConfiguration } from '../../src/platform/dynamic/dynamic-configuration.js';
import { loggerOptions } from '../../src/platform/observability/logger-options.js';
import { MeasuredPressure } from '../../src/platform/pressure/measured-pressure.js';
import { Resilience } from '../../src/remote/resilience/resilience.js';
import { resilienceModule } from '../../src/remote/resilience.module.js';
import { IssueSpecimenToken } from '../fixtures/specimens/specimens.operations.js';
import { MemorySettingsSource } from '../memory/memory-settings-source.js';
import { runCall } from '../pipeline/run-call.js';
import { createSpecimenApplication, type SpecimenApplication } from '../support/specimen-application.js';

const configuration = loadConfiguration({ NODE_ENV: 'test', LOG_LEVEL: 'error' });

@Module({})
class Settings {}

const settingsFrom = (from: MemorySettingsSource): DynamicModule => ({
  module: Settings,
  global: true,
  providers: [{ provide: DynamicConfiguration, useValue: new DynamicConfiguration([from]) }],
  exports: [DynamicConfiguration],
});

let source: MemorySettingsSource;
let specimen: SpecimenApplication;

beforeEach(async () => {
  source = new MemorySettingsSource('config/specimens');
  specimen = await createSpecimenApplication({
    rateLimiter: new MemoryRateLimiter(),
    imports: [
      configModule(configuration),
      LoggerModule.forRoot(loggerOptions(configuration)),
      resilienceModule(),
      settingsFrom(source),
    ],
  });
  followSettings(specimen.app, configuration);
});

afterEach(() => specimen.close());

test('the log level is the one that is set, and that of LOG_LEVEL again when it is removed', () => {
  source.set('log-level', 'fatal');
  expect(PinoLogger.root.level).toBe('fatal');
  source.set('log-level', undefined);
  expect(PinoLogger.root.level).toBe('error');
});

test('calls are limited by the rates that are set, those of sign-ins as well', async () => {
  const call = () => {
    const operation = descriptorOf(IssueSpecimenToken);
    const inbound = { protocol: 'rest', address: '10.0.0.1' } as const;
    const context = specimen.pipeline.begin(inbound, operation);
    return runCall(specimen.pipeline, new Call(operation, context, { name: 'a' }, (value) => value));
  };
  await call();
  source.set('rate-limits', 'specimens.issueSpecimenToken=1/1h,login=3/1m');
  expect(specimen.get(CurrentRates).value.login).toEqual({ quota: 3, windowSeconds: 60 });
  await call();
  await expect(call()).rejects.toThrow(RateLimited);
  source.set('rate-limits', 'off');
  await call();
  source.set('rate-limits', undefined);
  await call();
  expect(specimen.get(CurrentRates).value).toBe(configuration.limits.rates);
});

test('time limits and breakers are those that are set, for all services or for one', () => {
  const timeouts = () =>
    ['user-service', 'auth-service'].map((name) => specimen.get(Resilience).settings(name).timeoutMs);
  source.set('resilience', '{ "timeoutMs": 700 }');
  source.set('resilience/user-service', '{ "timeoutMs": 300 }');
  expect(timeouts()).toEqual([300, 700]);
  source.set('resilience/user-service', '{ "timeoutMs": "soon" }');
  expect(timeouts()).toEqual([300, 700]);
  source.set('resilience/user-service', undefined);
  source.set('resilience', undefined);
  expect(timeouts()).toEqual([10_000, 10_000]);
});

test('time limits of an unknown name are accepted, with a warning', () => {
  const warnings: unknown[] = [];
  const ignore = () => undefined;
  specimen.app.useLogger({ log: ignore, error: ignore, warn: (line: unknown) => warnings.push(line) });
  specimen.get(Resilience).breaker('mail');
  for (const name of ['user-service', 'mail', 'usr-service']) source.set(`resilience/${name}`, '{ "timeoutMs": 300 }');
  expect(specimen.get(Resilience).settings('usr-service').timeoutMs).toBe(300);
  expect(warnings.filter((line) => `${line}`.includes('has been called yet'))).toEqual([
    'resilience/usr-service: no dependency of this name has been called yet',
  ]);
});

test('calls are refused from the pressure on that is set', () => {
  const pressure = specimen.get(MeasuredPressure);
  source.set('shedding', '{ "calls": 5 }');
  expect(pressure.excess(5)).toBe('calls');
  source.set('shedding', '{ "calls": -1 }');
  expect(pressure.excess(4)).toBeUndefined();
  expect(pressure.excess(5)).toBe('calls');
  source.set('shedding', undefined);
  expect(pressure.excess(5)).toBeUndefined();
});
