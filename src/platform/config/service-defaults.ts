import type { Protocol } from '../../contract/operation.js';

/** What a service does where the environment does not say otherwise. */
export interface ServiceDefaults {
  readonly httpPort: number;
  /** 50051 when absent. */
  readonly grpcPort?: number;
  readonly protocols: readonly Protocol[];
  /** Served whatever PROTOCOLS says. */
  readonly always?: readonly Protocol[];
  /** It has no database. */
  readonly stateless?: boolean;
  /** The services that have the modules which this one has not. */
  readonly calls?: readonly string[];
}

export type Services = Readonly<Record<string, ServiceDefaults>>;

export const defaultGrpcPort = 50_051;

export type AddressVariable = `${string}_ADDRESS`;

/** `user-service` -> `USER_SERVICE_ADDRESS`. */
export const addressVariable = (service: string): AddressVariable =>
  `${service.toUpperCase().replaceAll('-', '_')}_ADDRESS`;

/** The services that others call. */
export const calledServices = (services: Services): readonly string[] => [
  ...new Set(Object.values(services).flatMap(({ calls = [] }) => calls)),
];

export function servedProtocols(
  chosen: readonly Protocol[] | undefined,
  { protocols, always = [] }: ServiceDefaults,
): readonly Protocol[] {
  return chosen ? [...new Set([...always, ...chosen])] : protocols;
}
