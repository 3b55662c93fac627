import type { DynamicModule } from '@nestjs/common';
import { globalModule } from '../nest/providers.js';
import { Configuration } from './configuration.js';
import { CurrentRates } from './rates.js';

class ConfigModule {}

export const configModule = (configuration: Configuration): DynamicModule =>
  globalModule(ConfigModule, [
    { provide: Configuration, useValue: configuration },
    { provide: CurrentRates, useValue: new CurrentRates(configuration.limits.rates) },
  ]);
