import { setTimeout as after } from 'node:timers/promises';
import { type DynamicModule, Logger } from '@nestjs/common';
import { FirstMatchStrategy, MultiProvider, TypedInMemoryProvider } from '@openfeature/server-sdk';
import { FeatureFlags } from '../../ports/feature-flags.js';
import { Configuration } from '../config/configuration.js';
import { flagConfiguration, OpenFeatureFlags } from '../flags/open-feature-flags.js';
import { factory, globalModule } from '../nest/providers.js';
import { DynamicConfiguration } from './dynamic-configuration.js';
import { featureFlags, settingsWith } from './settings.js';
import type { SettingsSource } from './settings-source.js';

/** Folder of all services; that of one service overrides it. */
const everyService = 'application';

/** Then the start continues with the environment. */
const startWaitMs = 2_000;

class DynamicConfigurationModule {}

async function consulSources({ serviceName, consul }: Configuration): Promise<SettingsSource[]> {
  if (!consul) return [];
  const { connectConsul } = await import('../consul/consul-connection.js');
  const { ConsulSettingsSource } = await import('./consul-settings-source.js');
  const connection = connectConsul(consul);
  return [everyService, serviceName].map((folder) => new ConsulSettingsSource(connection, `config/${folder}`));
}

async function dynamicConfiguration(
  configuration: Configuration,
  operations: ReadonlySet<string>,
): Promise<DynamicConfiguration> {
  const sources = await consulSources(configuration);
  const dynamic = new DynamicConfiguration(sources, new Logger('Configuration'), settingsWith(operations));
  const wait = new AbortController();
  await Promise.race([dynamic.ready, after(startWaitMs, undefined, wait).catch(() => undefined)]);
  wait.abort();
  return dynamic;
}

/** Consul overrides FEATURE_FLAGS, and both the contract. */
function openFlags(dynamic: DynamicConfiguration, { featureFlags: given }: Configuration): Promise<OpenFeatureFlags> {
  const environment = new TypedInMemoryProvider(flagConfiguration(new Map(Object.entries(given))));
  const switched = new TypedInMemoryProvider();
  dynamic.subscribeAll(featureFlags, (flags) => switched.putConfiguration(flagConfiguration(flags)));
  const providers = [switched, environment].map((provider) => ({ provider }));
  return OpenFeatureFlags.open(new MultiProvider(providers, new FirstMatchStrategy()));
}

export const dynamicModule = (operations: ReadonlySet<string>): DynamicModule =>
  globalModule(DynamicConfigurationModule, [
    factory(DynamicConfiguration, [Configuration], (configuration) => dynamicConfiguration(configuration, operations)),
    factory(FeatureFlags, [DynamicConfiguration, Configuration], openFlags),
  ]);
