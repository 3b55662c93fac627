import type { Protocol } from '../../contract/operation.js';

export interface ServiceDefaults {
  readonly httpPort: number;
  /** 50051 when absent. */
  readonly grpcPort?: number;
  readonly protocols: readonly Protocol[];
  /** Served whatever PROTOCOLS says. */
  readonly always?: readonly Protocol[];
  readonly stateless?: boolean;
  /** The services that run the modules which this one does not. */
  readonly calls?: readonly string[];
}

export type Services = Readonly<Record<string, ServiceDefaults>>;

export const defaultGrpcPort = 50_051;

/** `user-service` -> `USER_SERVICE_ADDRESS`. */
export const addressVariable = (service: string): string => `${service.toUpperCase().replaceAll('-', '_')}_ADDRESS`;

export const calledServices = (services: Services): readonly string[] => [
  ...new Set(Object.values(services).flatMap(({ calls = [] }) => calls)),
];
