import { experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { ListenerTls, TlsMaterial } from './load-tls.js';
import type { RenewedFiles } from './renewed-files.js';

type Provider = experimental.CertificateProvider;
type CaListener = Parameters<Provider['addCaCertificateListener']>[0];
type IdentityListener = Parameters<Provider['addIdentityCertificateListener']>[0];

/** grpc-js's own FileWatcherCertificateProvider refuses all connections while a file is missing or incomplete. */
class RenewedCertificates<T extends TlsMaterial> implements experimental.CertificateProvider {
  readonly #stops = new Map<CaListener | IdentityListener, () => void>();

  constructor(private readonly files: RenewedFiles<T>) {}

  addCaCertificateListener(listener: CaListener): void {
    this.#listen(listener, ({ ca }) => listener(ca ? { caCertificate: ca } : null));
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#listen(listener, ({ identity }) =>
      listener(identity ? { certificate: identity.cert, privateKey: identity.key } : null),
    );
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.#remove(listener);
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#remove(listener);
  }

  #listen(listener: CaListener | IdentityListener, give: (material: T) => void): void {
    this.#stops.set(listener, this.files.onChange(give));
    // a server misses the certificates when it is called synchronously
    process.nextTick(() => give(this.files.current));
  }

  #remove(listener: CaListener | IdentityListener): void {
    this.#stops.get(listener)?.();
    this.#stops.delete(listener);
  }
}

/** For a gRPC server. With `ca` at its start, clients must have a certificate. */
export function listenerCredentials(files: RenewedFiles<ListenerTls>): ServerCredentials {
  const certificates = new RenewedCertificates(files);
  const requiresClientCertificate = files.current.ca !== undefined;
  // the declared names of the first two parameters are swapped: the first is the server's own certificate
  return experimental.createCertificateProviderServerCredentials(
    certificates,
    requiresClientCertificate ? certificates : null,
    requiresClientCertificate,
  );
}
