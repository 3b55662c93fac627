import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import type { Configuration } from '../../platform/config/configuration.js';
import { parseGrpcTarget } from '../../platform/config/grpc-target.js';
import { channelCredentials } from '../../platform/security/grpc-credentials.js';
import { callsOverTls, loadServiceTls, type ServiceTls } from '../../platform/security/load-tls.js';
import { RenewedFiles } from '../../platform/security/renewed-files.js';
import { serverIdentity } from '../../protocols/grpc/server-identity.js';

export interface SecuredChannel {
  readonly credentials: ChannelCredentials;
  readonly options?: ChannelOptions;
}

/** How connections to other services are secured. */
export interface ChannelSecurity {
  channel(service: string, address: string): SecuredChannel;
  close(): void;
}

export const plainText: ChannelSecurity = {
  channel: () => ({ credentials: credentials.createInsecure() }),
  close: () => undefined,
};

/**
 * TLS with the renewed `files`. A service shows a certificate for the address it is called by, for its own name, or for
 * the name in `dns:///name` of `addresses`.
 */
export function secured(files: RenewedFiles<ServiceTls>, addresses: Readonly<Record<string, string>>): ChannelSecurity {
  const create = channelCredentials(files);
  return {
    channel: (service, address) => {
      const { verify, options } = serverIdentity(address, [...dnsNames(addresses[service]), service]);
      return { credentials: create(verify), options };
    },
    close: () => files.close(),
  };
}

function dnsNames(target: string | undefined): string[] {
  const parsed = target === undefined ? undefined : parseGrpcTarget(target);
  return parsed?.kind === 'dns' ? [parsed.host] : [];
}

/** As the environment says. Throws ConfigurationError. */
export function channelSecurity(configuration: Configuration): ChannelSecurity {
  if (!callsOverTls(configuration)) return plainText;
  const files = new RenewedFiles(() => loadServiceTls(configuration) as ServiceTls);
  return secured(files, configuration.discovery.addresses);
}
