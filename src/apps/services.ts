import { type Protocol, protocols } from '../contract/operation.js';
import { type AppModule, appModules } from './modules.js';

export interface ServiceDefinition {
  readonly httpPort: number;
  /** Served unless PROTOCOLS says otherwise. */
  readonly protocols: readonly Protocol[];
  readonly modules: readonly AppModule[];
}

/** What each SERVICE_NAME runs. The only place that knows. */
export const services: Readonly<Record<string, ServiceDefinition>> = {
  monolith: { httpPort: 3000, protocols, modules: Object.values(appModules) },
};
