import 'reflect-metadata';
import { Application } from './apps/application.js';
import { explainAndExit } from './apps/explain-and-exit.js';
import { services } from './apps/services.js';
import { stopOnSignals } from './apps/stop-on-signals.js';
import { configurationFromEnvironment } from './platform/config/configuration-from-environment.js';

try {
  const configuration = configurationFromEnvironment(services);
  const application = await Application.create(configuration);
  stopOnSignals(application, configuration.shutdownTimeoutMs);
  await application.listen();
} catch (error) {
  explainAndExit(error);
}
