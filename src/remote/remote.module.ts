import type { DynamicModule } from '@nestjs/common';
import type { OperationDescriptor } from '../contract/module.js';
import { RemoteExecutor } from '../pipeline/executor.js';
import { Configuration } from '../platform/config/configuration.js';
import { ConfigurationError } from '../platform/config/configuration-error.js';
import { factory, globalModule } from '../platform/nest/providers.js';
import { TokenIssuer } from '../platform/security/token-issuer.js';
import { TokenKeys } from '../platform/security/token-keys.js';
import { committedProtos, ProtoSchema } from '../protocols/grpc/proto-schema.js';
import { compileCodecs } from '../protocols/grpc/protobuf-codec.js';
import { channelSecurity } from './grpc/channel-security.js';
import { GrpcExecutor } from './grpc/grpc-executor.js';
import { ServiceCredentials } from './grpc/service-credentials.js';
import { Resilience } from './resilience/resilience.js';

interface RemoteOptions {
  readonly operations: readonly OperationDescriptor[];
  readonly owners: ReadonlyMap<string, string>;
}

class RemoteModule {}

function credentials(issuer: TokenIssuer, keys: TokenKeys, { serviceName }: Configuration): ServiceCredentials {
  if (keys.signing) return new ServiceCredentials(issuer, serviceName);
  throw new ConfigurationError([
    'JWT_PRIVATE_KEY_FILE: is missing. Services show each other who calls: set it, or JWT_SECRET, in every process',
  ]);
}

/** RemoteExecutor. Needs the global providers of resilienceModule. */
export const remoteModule = ({ operations, owners }: RemoteOptions): DynamicModule =>
  globalModule(RemoteModule, [
    factory(
      RemoteExecutor,
      [Configuration, TokenIssuer, TokenKeys, Resilience],
      (configuration, issuer, keys, resilience) =>
        new GrpcExecutor({
          codecs: compileCodecs(operations, new ProtoSchema(committedProtos())),
          owners,
          resilience,
          credentials: credentials(issuer, keys, configuration),
          security: channelSecurity(configuration),
        }),
    ),
  ]);
