import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import type { Configuration } from '../../platform/config/configuration.js';
import { parseGrpcTarget } from '../../platform/config/grpc-target.js';
import { channelCredentials } from '../../platform/security/grpc-credentials.js';
import { callsOverTls, loadServiceTls, type ServiceTls } from '../../platform/security/load-tls.js';
import { RenewedFiles } from '../../platform/security/renewed-files.js';
import { serverIdentity } from '../../protocols/grpc/server-identity.js';

export interface ChannelSecurity {
  channel(
    service: string,
    address: string,
  ): { readonly credentials: ChannelCredentials; readonly options?: ChannelOptions };
  close(): void;
}

export const plainText: ChannelSecurity = {
  channel: () => ({ credentials: credentials.createInsecure() }),
  close: () => undefined,
};

/** A certificate may name the called address, the service, or the name in its `dns:///name`. */
export function secured(files: RenewedFiles<ServiceTls>, addresses: Readonly<Record<string, string>>): ChannelSecurity {
  const create = channelCredentials(files);
  return {
    channel: (service, address) => {
      const target = addresses[service] === undefined ? undefined : parseGrpcTarget(addresses[service]);
      const names = target?.kind === 'dns' ? [target.host, service] : [service];
      const { verify, options } = serverIdentity(address, names);
      return { credentials: create(verify), options };
    },
    close: () => files.close(),
  };
}

export function channelSecurity(configuration: Configuration): ChannelSecurity {
  if (!callsOverTls(configuration)) return plainText;
  const files = new RenewedFiles(() => loadServiceTls(configuration) as ServiceTls);
  return secured(files, configuration.discovery.addresses);
}
