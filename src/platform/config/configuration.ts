import type { Protocol } from '../../contract/operation.js';
import type { ResilienceChange } from '../dynamic/resilience-settings.js';

export type Environment = 'development' | 'test' | 'production';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** So many calls in so many seconds. */
export interface Rate {
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface Rates {
  readonly enabled: boolean;
  /** Requests of one network address, before anything is known of the caller. */
  readonly address: Rate;
  /** Calls of one caller to one operation. */
  readonly caller: Rate;
  /** Messages on one connection of a WebSocket or of the embedded MQTT broker. */
  readonly connection: Rate;
  /** Failed logins for one account. */
  readonly login: Rate;
  /** Failed logins from one network address. */
  readonly loginAddress: Rate;
  /** In place of `caller`, by the operation's wire name: `users.createUser`. */
  readonly operations: Readonly<Record<string, Rate>>;
}

export interface TokenSettings {
  /** HS256 secret; absent where key files are used. */
  readonly secret?: string;
  readonly privateKeyFile?: string;
  /** Further keys that still verify, for rotation. */
  readonly publicKeyFiles: readonly string[];
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
}

export interface ConsulSettings {
  readonly host: string;
  readonly port: number;
  /** HTTPS. */
  readonly secure?: boolean;
  /** PEM of the authorities of its certificate; absent: those that Node trusts. */
  readonly caFile?: string;
  /** ACL token. */
  readonly token?: string;
}

/** Everything this process was told from outside; frozen. Also the token it is injected by. */
export abstract class Configuration {
  abstract readonly environment: Environment;
  abstract readonly serviceName: string;
  abstract readonly protocols: readonly Protocol[];
  /** The address every listener binds. */
  abstract readonly host: string;
  abstract readonly http: { readonly port: number; readonly trustedProxies: readonly string[] };
  abstract readonly grpc: { readonly port: number };
  /** `url` absent: the embedded broker listens on `port`. */
  abstract readonly mqtt: { readonly port: number; readonly url?: string; readonly topicPrefix: string };
  /** Browser origins, beside the server's own, for WebSocket and CORS. */
  abstract readonly origins: readonly string[];
  /** `clientCaFile`: of the certificates that callers of gRPC must show. */
  abstract readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string };
  /** Of calls to other services, where it differs from what `tls` entails. */
  abstract readonly serviceTls?: { readonly certFile?: string; readonly keyFile?: string; readonly caFile?: string };
  /** `url` absent: the embedded PostgreSQL under `dataDir`. `directUrl` passes by a connection pooler. */
  abstract readonly database: { readonly url?: string; readonly directUrl?: string; readonly poolSize: number };
  abstract readonly redis: { readonly url?: string };
  /** Absolute path of the folder that the embedded engines keep their data in. */
  abstract readonly dataDir: string;
  abstract readonly security: {
    readonly tokens: TokenSettings;
    /** 32 bytes. */
    readonly encryptionKey?: Buffer;
    readonly passwordPolicy: 'strict' | 'lax';
    readonly passwordHashing: { readonly concurrency: number; readonly queueLength: number };
  };
  abstract readonly bootstrapAdmin?: { readonly email: string; readonly password: string };
  abstract readonly limits: {
    readonly bodyBytes: number;
    readonly websocketPayloadBytes: number;
    readonly mqttPayloadBytes: number;
    readonly grpcMessageBytes: number;
    readonly requestDeadlineMs: number;
    readonly rates: Rates;
    /** Of this process, above which it refuses calls. 0 is no limit. */
    readonly shedding: {
      readonly eventLoopDelayMs: number;
      readonly eventLoopUtilization: number;
      readonly heap: number;
      readonly calls: number;
    };
  };
  abstract readonly logLevel: LogLevel;
  /** By key: those of FEATURE_FLAGS. */
  abstract readonly featureFlags: Readonly<Record<string, boolean>>;
  /** From the signal to stop to the end of the process. */
  abstract readonly shutdownTimeoutMs: number;
  /** Of that time, how long a process that is no longer ready still takes requests. */
  abstract readonly shutdownDelayMs: number;
  abstract readonly messaging: { readonly kafkaBrokers: readonly string[] };
  /** Absent: nothing changes at run time. */
  abstract readonly consul?: ConsulSettings;
  /** `addresses`: by service, what `parseGrpcTarget` reads. */
  abstract readonly discovery: {
    readonly addresses: Readonly<Record<string, string>>;
    /** Given where services are found there. */
    readonly consul?: ConsulSettings;
    /** By which other services reach this process; absent: `host`, or the first address of this machine. */
    readonly advertisedHost?: string;
  };
  /** Over the defaults, of the calls to every service and outbound dependency. */
  abstract readonly resilience: ResilienceChange;
  abstract readonly documents: { readonly url?: string };
  abstract readonly storage: { readonly provider?: 's3' | 'azure' | 'gcs' };
  /** `sampledShare`: from 0 to 1, of the traces that begin here. */
  abstract readonly telemetry: {
    readonly otlpEndpoint?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly sampledShare: number;
  };
  abstract readonly mail: { readonly url?: string };
  /** What is allowed but worth a line in the start-up log. */
  abstract readonly warnings: readonly string[];
}
