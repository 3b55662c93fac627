import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { OperationDescriptor } from '../contract/module.js';
import { RemoteExecutor } from '../pipeline/executor.js';
import { Configuration } from '../platform/config/configuration.js';
import { ConfigurationError } from '../platform/config/configuration-error.js';
import { TokenIssuer } from '../platform/security/token-issuer.js';
import { TokenKeys } from '../platform/security/token-keys.js';
import { committedProtos, ProtoSchema } from '../protocols/grpc/proto-schema.js';
import { compileCodecs } from '../protocols/grpc/protobuf-codec.js';
import { ServiceDirectory } from './discovery/service-directory.js';
import { channelSecurity } from './grpc/channel-security.js';
import { GrpcExecutor } from './grpc/grpc-executor.js';
import { InstanceChannels } from './grpc/instance-channels.js';
import { ServiceCredentials } from './grpc/service-credentials.js';
import { Resilience } from './resilience/resilience.js';

export interface RemoteOptions {
  /** Those that run in other processes. */
  readonly operations: readonly OperationDescriptor[];
  /** By module the service that runs it. */
  readonly homes: ReadonlyMap<string, string>;
}

@Module({})
class RemoteModule implements OnApplicationShutdown {
  constructor(@Inject(InstanceChannels) private readonly channels: InstanceChannels) {}

  onApplicationShutdown(): void {
    this.channels.close();
  }
}

function openChannels(configuration: Configuration, directory: ServiceDirectory, services: ReadonlySet<string>) {
  const channels = new InstanceChannels(channelSecurity(configuration));
  for (const service of services) directory.watch(service, (instances) => channels.keep(service, instances));
  return channels;
}

function credentials(issuer: TokenIssuer, keys: TokenKeys, { serviceName }: Configuration): ServiceCredentials {
  if (keys.signing) return new ServiceCredentials(issuer, serviceName);
  throw new ConfigurationError([
    'JWT_PRIVATE_KEY_FILE: is missing. Services show each other who calls: set it, or JWT_SECRET, in every process',
  ]);
}

/** The way to the operations of other processes: RemoteExecutor. Needs the global providers of resilienceModule. */
export const remoteModule = ({ operations, homes }: RemoteOptions): DynamicModule => ({
  module: RemoteModule,
  global: true,
  providers: [
    {
      provide: InstanceChannels,
      inject: [Configuration, ServiceDirectory],
      useFactory: (configuration: Configuration, directory: ServiceDirectory) =>
        openChannels(configuration, directory, new Set(homes.values())),
    },
    { provide: ServiceCredentials, inject: [TokenIssuer, TokenKeys, Configuration], useFactory: credentials },
    {
      provide: RemoteExecutor,
      inject: [Resilience, InstanceChannels, ServiceCredentials],
      useFactory: (resilience: Resilience, channels: InstanceChannels, proofs: ServiceCredentials) => {
        const codecs = compileCodecs(operations, new ProtoSchema(committedProtos()));
        return new GrpcExecutor({ codecs, homes, resilience, channels, credentials: proofs });
      },
    },
  ],
  exports: [RemoteExecutor],
});
