import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { connectConsul } from '../consul/consul-connection.js';
import { ConsulServiceDirectory } from '../discovery/consul-service-directory.js';
import { ServiceDirectory } from '../discovery/service-directory.js';
import { StaticServiceDirectory } from '../discovery/static-service-directory.js';
import { Resilience } from '../resilience/resilience.js';
import { logEvents } from '../resilience/resilience-events.js';

@Module({})
class ResilienceModule implements OnApplicationShutdown {
  constructor(
    @Inject(ServiceDirectory) private readonly directory: ServiceDirectory,
    @Inject(Resilience) private readonly resilience: Resilience,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.resilience.close();
    await this.directory.close();
  }
}

function resilience(directory: ServiceDirectory, { resilience: settings }: Configuration): Resilience {
  const made = new Resilience(directory, { settings });
  logEvents(made.events, new Logger('Remote'));
  return made;
}

/** Where other services are and what stands between this process and what it calls: in every process. */
export const resilienceModule = (): DynamicModule => ({
  module: ResilienceModule,
  global: true,
  providers: [
    {
      provide: ServiceDirectory,
      inject: [Configuration],
      useFactory: ({ discovery: { addresses, consul } }: Configuration) =>
        consul ? new ConsulServiceDirectory(connectConsul(consul)) : new StaticServiceDirectory(addresses),
    },
    { provide: Resilience, inject: [ServiceDirectory, Configuration], useFactory: resilience },
  ],
  exports: [ServiceDirectory, Resilience],
});
