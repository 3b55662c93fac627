import 'reflect-metadata';
import { type KeyObject as Key, KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 3_600_000;
const serverAndClient = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];

interface Wanted {
  /** Host names and addresses it is good for. */
  readonly names?: readonly string[];
  /** Days from now. */
  readonly validFor?: number;
}

/** PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

const newKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
type Keys = Awaited<ReturnType<typeof newKeys>>;
const serialNumber = () => Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex');

/** Issues certificates, and is trusted by those who have its own. */
export class Authority {
  private constructor(
    private readonly keys: Keys,
    private readonly certificate: x509.X509Certificate,
  ) {}

  static async create(name = 'Test authority'): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: `CN=${name} ${serialNumber()}`,
      notBefore: new Date(Date.now() - 10 * dayMs),
      notAfter: new Date(Date.now() + 10 * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new Authority(keys, certificate);
  }

  get pem(): string {
    return `${this.certificate.toString('pem')}\n`;
  }

  async issue({ names = ['localhost', '127.0.0.1'], validFor = 1 }: Wanted = {}): Promise<Issued> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: 'CN=test',
      issuer: this.certificate.subject,
      notBefore: new Date(Date.now() - 5 * dayMs),
      notAfter: new Date(Date.now() + validFor * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      extensions: [
        new x509.ExtendedKeyUsageExtension(serverAndClient),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
        ),
      ],
    });
    const key: Key = KeyObject.from(keys.privateKey);
    return { cert: `${certificate.toString('pem')}\n`, key: `${key.export({ type: 'pkcs8', format: 'pem' })}` };
  }
}

/** A folder of PEM files that is gone with `remove`. */
export class PemFolder {
  readonly #path = mkdtempSync(join(tmpdir(), 'test-tls-'));

  /** The path of the file, new or overwritten. */
  write(name: string, pem: string): string {
    const path = join(this.#path, name);
    writeFileSync(path, pem);
    return path;
  }

  /** The paths of a certificate and its key. */
  identity(name: string, { cert, key }: Issued): { certFile: string; keyFile: string } {
    return { certFile: this.write(`${name}.cert.pem`, cert), keyFile: this.write(`${name}.key.pem`, key) };
  }

  remove(): void {
    rmSync(this.#path, { recursive: true });
  }
}
