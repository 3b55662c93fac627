import { type DynamicModule, Module } from '@nestjs/common';
import { Configuration } from './configuration.js';

@Module({})
class ConfigModule {}

/** Makes `Configuration` injectable everywhere. */
export const configModule = (configuration: Configuration): DynamicModule => ({
  module: ConfigModule,
  global: true,
  providers: [{ provide: Configuration, useValue: configuration }],
  exports: [Configuration],
});
