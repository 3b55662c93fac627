import type { services as serviceTable } from '../../src/apps/services.js';
import type { Protocol } from '../../src/contract/operation.js';

/** What a container of a topology is, whichever platform runs it. */
export interface DeployedProcess {
  /** Of its objects; also SERVICE_NAME unless several processes run the same service. */
  readonly name: string;
  readonly service: string;
  readonly protocols: readonly Protocol[];
  /** HTTP first: every process answers health checks and `/metrics` on it. */
  readonly ports: readonly Port[];
  /** Absent for a process without a database. Migrations are applied to it before this version starts. */
  readonly database?: string;
  readonly calls: readonly Call[];
  /** Variables whose values are no secrets. Addresses of other services depend on the platform: see `calls`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: readonly Secret[];
  readonly needs: readonly BackingService[];
  readonly resources: Resources;
  readonly shutdown: Shutdown;
  /** Takes calls from outside the product. */
  readonly isPublic: boolean;
}

export interface Port {
  readonly name: 'http' | 'grpc';
  readonly port: number;
  /** The variable that changes it. */
  readonly variable: string;
}

export interface Call {
  readonly service: string;
  /** The variable with its address. */
  readonly variable: string;
  readonly grpcPort: number;
}

export interface Secret {
  readonly variable: string;
  /** Key in a store that holds the secrets of every process: the variable, after the service where each has its own. */
  readonly key: string;
  readonly required: boolean;
}

export interface BackingService {
  readonly name: 'postgres' | 'redis' | 'mqtt' | 'consul' | 'otel';
  readonly port: number;
  /** Behind a pooler, or with TLS. */
  readonly otherPort?: number;
}

export interface Resources {
  readonly requests: Quantities;
  readonly limits: Quantities;
  /** Instances are added while the average of the CPU that one uses is above `milliCpu`. */
  readonly replicas: { readonly min: number; readonly max: number; readonly milliCpu: number };
}

interface Quantities {
  readonly milliCpu: number;
  readonly memoryMib: number;
}

export interface Shutdown {
  /** SHUTDOWN_DELAY_MS */
  readonly delayMs: number;
  /** SHUTDOWN_TIMEOUT_MS, the delay included. */
  readonly timeoutMs: number;
  /** From SIGTERM to the end of the process, at the latest: what a platform has to wait before it kills. */
  readonly graceSeconds: number;
}

export type TopologyName = 'monolith' | 'split' | 'by-protocol';

export interface Topology {
  readonly name: TopologyName;
  readonly processes: readonly DeployedProcess[];
}

export interface DeploymentModel {
  readonly image: { readonly name: string; readonly tag: string };
  readonly topologies: readonly Topology[];
  readonly options: readonly OptionalPart[];
}

export type ServiceTable = typeof serviceTable;

/** Settings that a platform adds only where its user has the server for them. */
export interface OptionalPart {
  readonly name: 'consul' | 'otel';
  readonly settings: Readonly<Record<string, string>>;
  /** Variables; a process starts without them. */
  readonly optionalSecrets: readonly string[];
  readonly needs: BackingService;
}
