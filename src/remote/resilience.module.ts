import type { DynamicModule } from '@nestjs/common';
import { Pressure } from '../pipeline/pressure.js';
import { Configuration } from '../platform/config/configuration.js';
import { factory, globalModule } from '../platform/nest/providers.js';
import { MeasuredPressure } from '../platform/pressure/measured-pressure.js';
import type { ServiceDirectory } from './discovery/service-directory.js';
import { StaticServiceDirectory } from './discovery/static-service-directory.js';
import { Resilience } from './resilience/resilience.js';

class ResilienceModule {}

async function serviceDirectory({ discovery: { addresses, consul } }: Configuration): Promise<ServiceDirectory> {
  if (!consul) return new StaticServiceDirectory(addresses);
  const { connectConsul } = await import('../platform/consul/consul-connection.js');
  const { ConsulServiceDirectory } = await import('./discovery/consul-service-directory.js');
  return new ConsulServiceDirectory(connectConsul(consul));
}

async function resilience(configuration: Configuration): Promise<Resilience> {
  return new Resilience(await serviceDirectory(configuration), configuration.resilience);
}

export const resilienceModule = (): DynamicModule =>
  globalModule(ResilienceModule, [
    factory(Resilience, [Configuration], resilience),
    factory(MeasuredPressure, [Configuration], ({ limits }) => new MeasuredPressure(limits.shedding)),
    { provide: Pressure, useExisting: MeasuredPressure },
  ]);
