import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Pressure } from '../pipeline/pressure.js';
import { Configuration } from '../platform/config/configuration.js';
import { MeasuredPressure } from '../platform/pressure/measured-pressure.js';
import { ServiceDirectory } from './discovery/service-directory.js';
import { StaticServiceDirectory } from './discovery/static-service-directory.js';
import { Resilience } from './resilience/resilience.js';
import { logEvents } from './resilience/resilience-events.js';

@Module({})
class ResilienceModule implements OnApplicationShutdown {
  constructor(
    @Inject(ServiceDirectory) private readonly directory: ServiceDirectory,
    @Inject(Resilience) private readonly resilience: Resilience,
    @Inject(MeasuredPressure) private readonly pressure: MeasuredPressure,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.pressure.close();
    this.resilience.close();
    await this.directory.close();
  }
}

async function serviceDirectory({ discovery: { addresses, consul } }: Configuration): Promise<ServiceDirectory> {
  if (!consul) return new StaticServiceDirectory(addresses);
  const { connectConsul } = await import('../platform/consul/consul-connection.js');
  const { ConsulServiceDirectory } = await import('./discovery/consul-service-directory.js');
  return new ConsulServiceDirectory(connectConsul(consul));
}

function resilience(directory: ServiceDirectory, { resilience: settings }: Configuration): Resilience {
  const made = new Resilience(directory, settings);
  logEvents(made.events, new Logger('Remote'));
  return made;
}

const measuredPressure = ({ limits }: Configuration, { events }: Resilience): MeasuredPressure =>
  new MeasuredPressure(limits.shedding, (to, from) => events.emit('pressure', { from, to }));

export const resilienceModule = (): DynamicModule => ({
  module: ResilienceModule,
  global: true,
  providers: [
    { provide: ServiceDirectory, inject: [Configuration], useFactory: serviceDirectory },
    { provide: Resilience, inject: [ServiceDirectory, Configuration], useFactory: resilience },
    { provide: MeasuredPressure, inject: [Configuration, Resilience], useFactory: measuredPressure },
    { provide: Pressure, useExisting: MeasuredPressure },
  ],
  exports: [ServiceDirectory, Resilience, MeasuredPressure, Pressure],
});
