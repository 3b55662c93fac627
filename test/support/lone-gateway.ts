import { Application } from '../../src/apps/application.js';
import type { Addresses } from '../../src/apps/servers.js';
import { services } from '../../src/apps/services.js';
import { loadConfiguration } from '../../src/platform/config/load-configuration.js';
import { addressesOf, gateway } from './parts.js';

/** Port 1 has no service. */
const nowhere = '127.0.0.1:1';

export interface LoneGateway {
  readonly application: Application;
  readonly addresses: Addresses;
}

/** A gateway whose services are not there: a whole process that needs no database. */
export async function startLoneGateway(changes: Readonly<Record<string, string>> = {}): Promise<LoneGateway> {
  const environment = {
    NODE_ENV: 'test',
    SERVICE_NAME: gateway,
    HOST: '127.0.0.1',
    PORT: '0',
    GRPC_PORT: '0',
    MQTT_PORT: '0',
    LOG_LEVEL: 'silent',
    ...addressesOf(() => nowhere),
    ...changes,
  };
  const application = await Application.create(loadConfiguration(environment, services));
  return { application, addresses: await application.listen() };
}
