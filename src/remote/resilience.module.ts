import { type DynamicModule, Logger } from '@nestjs/common';
import { type Excess, Pressure } from '../pipeline/pressure.js';
import { Configuration } from '../platform/config/configuration.js';
import { MeasuredPressure } from '../platform/pressure/measured-pressure.js';
import type { ServiceDirectory } from './discovery/service-directory.js';
import { StaticServiceDirectory } from './discovery/static-service-directory.js';
import { Resilience } from './resilience/resilience.js';

class ResilienceModule {}

const logger = new Logger('Remote');

async function serviceDirectory({ discovery: { addresses, consul } }: Configuration): Promise<ServiceDirectory> {
  if (!consul) return new StaticServiceDirectory(addresses);
  const { connectConsul } = await import('../platform/consul/consul-connection.js');
  const { ConsulServiceDirectory } = await import('./discovery/consul-service-directory.js');
  return new ConsulServiceDirectory(connectConsul(consul));
}

function logPressure(excess: Excess | undefined): void {
  if (excess === undefined) logger.log('This process takes all calls again');
  else logger.warn(`This process refuses calls: ${excess.replaceAll('_', ' ')} is over its limit`);
}

export const resilienceModule = (): DynamicModule => ({
  module: ResilienceModule,
  global: true,
  providers: [
    {
      provide: Resilience,
      inject: [Configuration],
      useFactory: async (configuration: Configuration) =>
        new Resilience(await serviceDirectory(configuration), configuration.resilience),
    },
    {
      provide: MeasuredPressure,
      inject: [Configuration],
      useFactory: ({ limits }: Configuration) => new MeasuredPressure(limits.shedding, logPressure),
    },
    { provide: Pressure, useExisting: MeasuredPressure },
  ],
  exports: [Resilience, MeasuredPressure, Pressure],
});
