import { createSecureContext, getCACertificates } from 'node:tls';
import type { Configuration } from '../config/configuration.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { readCertificate, readPrivateKey } from './pem-file.js';

/** PEM: certificate chain and private key. */
export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface TlsMaterial {
  readonly identity?: TlsIdentity;
  readonly ca?: Buffer;
}

/** `ca`: authorities of gRPC client certificates. */
export interface ListenerTls extends TlsMaterial {
  readonly identity: TlsIdentity;
}

export interface ServiceTls extends TlsMaterial {
  readonly ca: Buffer;
}

type Named = readonly [variable: string, path: string];

function loadIdentity(cert: Named, key: Named, problems: string[]): TlsIdentity | undefined {
  const certificate = readCertificate(...cert, problems);
  const privateKey = readPrivateKey(...key, problems);
  if (certificate === undefined || privateKey === undefined) return undefined;
  if (certificate.value.checkPrivateKey(privateKey.value)) return { cert: certificate.pem, key: privateKey.pem };
  problems.push(`${key[0]}: "${key[1]}" is not the key of "${cert[1]}". Set both to files made together`);
  return undefined;
}

/** The TLS library refuses more than the parsers: incomplete chains, weak keys. */
function checked<T extends TlsMaterial>(variable: string, material: T): T {
  try {
    createSecureContext({ ...material.identity, ca: material.ca });
    return material;
  } catch (error) {
    throw new ConfigurationError([
      `${variable}: cannot be used (${(error as Error).message}). Set it to a whole PEM file`,
    ]);
  }
}

/** For HTTPS and gRPC; undefined when not configured. Throws ConfigurationError. */
export function loadTls({ tls }: Pick<Configuration, 'tls'>): ListenerTls | undefined {
  if (tls === undefined) return undefined;
  const problems: string[] = [];
  const identity = loadIdentity(['TLS_CERT_FILE', tls.certFile], ['TLS_KEY_FILE', tls.keyFile], problems);
  const ca = tls.clientCaFile && readCertificate('GRPC_TLS_CLIENT_CA_FILE', tls.clientCaFile, problems)?.pem;
  if (identity === undefined || problems.length > 0) throw new ConfigurationError(problems);
  return checked('TLS_CERT_FILE', { identity, ...(ca && { ca }) });
}

/** What Node trusts, NODE_EXTRA_CA_CERTS included; grpc-js has other defaults. */
const trusted = (): Buffer => Buffer.from(getCACertificates('default').join('\n'));

type CallsTls = Pick<Configuration, 'tls' | 'serviceTls'>;

export const callsOverTls = ({ tls, serviceTls }: CallsTls): boolean => tls !== undefined || serviceTls !== undefined;

/** For calls to other services; undefined without TLS. Throws ConfigurationError. */
export function loadServiceTls(configuration: CallsTls): ServiceTls | undefined {
  if (!callsOverTls(configuration)) return undefined;
  const { serviceTls } = configuration;
  const { certFile, keyFile, caFile } = serviceTls ?? {};
  const problems: string[] = [];
  const ca = caFile === undefined ? trusted() : readCertificate('SERVICE_TLS_CA_FILE', caFile, problems)?.pem;
  const identity =
    certFile !== undefined && keyFile !== undefined
      ? loadIdentity(['SERVICE_TLS_CERT_FILE', certFile], ['SERVICE_TLS_KEY_FILE', keyFile], problems)
      : undefined;
  if (ca === undefined || problems.length > 0) throw new ConfigurationError(problems);
  return checked('SERVICE_TLS_CERT_FILE', { ca, ...(identity && { identity }) });
}
