import { type ChannelCredentials, experimental, type ServerCredentials, type VerifyOptions } from '@grpc/grpc-js';
import type { ListenerTls, ServiceTls, TlsMaterial } from './load-tls.js';
import type { Renewed } from './renewed-files.js';

type Provider = experimental.CertificateProvider;
type CaListener = Parameters<Provider['addCaCertificateListener']>[0];
type IdentityListener = Parameters<Provider['addIdentityCertificateListener']>[0];

/**
 * Certificates as grpc-js asks for them. Its own FileWatcherCertificateProvider refuses every connection while a file is
 * missing or half written.
 */
class RenewedCertificates implements experimental.CertificateProvider {
  readonly #stops = new Map<CaListener | IdentityListener, () => void>();

  constructor(private readonly files: Renewed<TlsMaterial>) {}

  addCaCertificateListener(listener: CaListener): void {
    this.#listen(listener, ({ ca }) => listener(ca ? { caCertificate: ca } : null));
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#listen(listener, ({ identity }) =>
      listener(identity ? { certificate: identity.cert, privateKey: identity.key } : null),
    );
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.#stops.get(listener)?.();
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#stops.get(listener)?.();
  }

  #listen(listener: CaListener | IdentityListener, tell: (material: TlsMaterial) => void): void {
    this.#stops.set(listener, this.files.onChange(tell));
    // a server that is told at once misses it
    process.nextTick(() => tell(this.files.current));
  }
}

/** Of a gRPC server. Where `ca` is there when it starts, a client without a certificate of it gets no connection. */
export function listenerCredentials(files: Renewed<ListenerTls>): ServerCredentials {
  const certificates = new RenewedCertificates(files);
  const asksClients = files.current.ca !== undefined;
  // the declared names of the first two parameters are the wrong way round: the first is the server's own certificate
  return experimental.createCertificateProviderServerCredentials(
    certificates,
    asksClients ? certificates : null,
    asksClients,
  );
}

/** Of gRPC clients: the function makes those of one, by what it expects of its server. */
export function channelCredentials(files: Renewed<ServiceTls>): (verify: VerifyOptions) => ChannelCredentials {
  const certificates = new RenewedCertificates(files);
  const shows = files.current.identity !== undefined;
  return (verify) =>
    experimental.createCertificateProviderChannelCredentials(certificates, shows ? certificates : null, verify);
}
