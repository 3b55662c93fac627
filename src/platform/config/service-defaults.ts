import type { Protocol } from '../../contract/operation.js';

export interface ServiceDefaults {
  readonly httpPort: number;
  /** 50051 when absent. */
  readonly grpcPort?: number;
  readonly protocols: readonly Protocol[];
  /** Served in addition to PROTOCOLS. */
  readonly always?: readonly Protocol[];
  readonly stateless?: boolean;
  /** Services that run the modules missing here. */
  readonly calls?: readonly string[];
}

export type Services = Readonly<Record<string, ServiceDefaults>>;

export const defaultGrpcPort = 50_051;

export const addressVariable = (service: string): string => `${service.toUpperCase().replaceAll('-', '_')}_ADDRESS`;

export const calledServices = (services: Services): readonly string[] => [
  ...new Set(Object.values(services).flatMap(({ calls = [] }) => calls)),
];
