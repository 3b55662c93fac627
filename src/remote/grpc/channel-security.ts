import type { ConnectionOptions } from 'node:tls';
import type { Configuration } from '../../platform/config/configuration.js';
import { parseGrpcTarget } from '../../platform/config/grpc-target.js';
import { callsOverTls, loadServiceTls, type ServiceTls } from '../../platform/security/load-tls.js';
import { RenewedFiles } from '../../platform/security/renewed-files.js';
import { serverIdentity } from '../../protocols/grpc/server-identity.js';

export interface ChannelSecurity {
  readonly isSecure: boolean;
  /** For a new connection; undefined without TLS. */
  tls(service: string, address: string): ConnectionOptions | undefined;
  close(): void;
}

export const plainText: ChannelSecurity = { isSecure: false, tls: () => undefined, close: () => undefined };

/** A certificate may name the called address, the service, or the name in its `dns:///name`. */
export function secured(files: RenewedFiles<ServiceTls>, addresses: Readonly<Record<string, string>>): ChannelSecurity {
  return {
    isSecure: true,
    tls: (service, address) => {
      const target = addresses[service] === undefined ? undefined : parseGrpcTarget(addresses[service]);
      const names = target?.kind === 'dns' ? [target.host, service] : [service];
      const { ca, identity } = files.current;
      return { ca, ...identity, ...serverIdentity(address, names) };
    },
    close: () => files.close(),
  };
}

export function channelSecurity(configuration: Configuration): ChannelSecurity {
  if (!callsOverTls(configuration)) return plainText;
  const files = new RenewedFiles(() => loadServiceTls(configuration) as ServiceTls);
  return secured(files, configuration.discovery.addresses);
}
