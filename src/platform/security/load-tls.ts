import type { Configuration } from '../config/configuration.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { readCertificate, readPrivateKey } from './pem-file.js';

/** PEM: the certificate chain and its private key. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** For HTTPS and gRPC; undefined where TLS is not configured. Throws ConfigurationError. */
export function loadTls({ tls }: Pick<Configuration, 'tls'>): TlsMaterial | undefined {
  if (tls === undefined) return undefined;
  const problems: string[] = [];
  const certificate = readCertificate('TLS_CERT_FILE', tls.certFile, problems);
  const key = readPrivateKey('TLS_KEY_FILE', tls.keyFile, problems);
  if (certificate === undefined || key === undefined) throw new ConfigurationError(problems);
  if (!certificate.value.checkPrivateKey(key.value)) {
    throw new ConfigurationError([
      `TLS_KEY_FILE: "${tls.keyFile}" is not the key of "${tls.certFile}". Set both to files made together`,
    ]);
  }
  return { cert: certificate.pem, key: key.pem };
}
