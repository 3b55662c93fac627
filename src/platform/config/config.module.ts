import { type DynamicModule, Module } from '@nestjs/common';
import { Configuration } from './configuration.js';
import { CurrentRates } from './rates.js';

@Module({})
class ConfigModule {}

export const configModule = (configuration: Configuration): DynamicModule => ({
  module: ConfigModule,
  global: true,
  providers: [
    { provide: Configuration, useValue: configuration },
    { provide: CurrentRates, useValue: new CurrentRates(configuration.limits.rates) },
  ],
  exports: [Configuration, CurrentRates],
});
