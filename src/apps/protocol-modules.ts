import type { DynamicModule } from '@nestjs/common';
import type { Configuration } from '../platform/config/configuration.js';

/** Protocols that come as Nest modules. */
export function protocolModules(_configuration: Configuration): DynamicModule[] {
  return [];
}
