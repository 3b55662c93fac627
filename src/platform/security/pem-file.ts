import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A PEM file that a variable names. What is wrong with one is added to `problems`, never with its content. */
class PemFile {
  constructor(
    private readonly variable: string,
    private readonly path: string,
    private readonly problems: string[],
  ) {}

  parse<T>(what: string, parse: (pem: Buffer) => T): T | undefined {
    const pem = this.#read();
    if (pem === undefined) return undefined;
    try {
      return parse(pem);
    } catch {
      this.problems.push(`${this.variable}: "${this.path}" holds no ${what}. Set it to a PEM file with one`);
      return undefined;
    }
  }

  #read(): Buffer | undefined {
    try {
      return readFileSync(this.path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const remedy = 'Set it to a file that this user can read';
      this.problems.push(`${this.variable}: "${this.path}" cannot be read (${code}). ${remedy}`);
      return undefined;
    }
  }
}

interface Parsed<T> {
  readonly pem: Buffer;
  readonly value: T;
}

export const readPrivateKey = (variable: string, path: string, problems: string[]): Parsed<KeyObject> | undefined =>
  new PemFile(variable, path, problems).parse('unencrypted private key', (pem) => ({
    pem,
    value: createPrivateKey(pem),
  }));

export const readPublicKey = (variable: string, path: string, problems: string[]): Parsed<KeyObject> | undefined =>
  new PemFile(variable, path, problems).parse('public key', (pem) => ({ pem, value: createPublicKey(pem) }));

export const readCertificate = (
  variable: string,
  path: string,
  problems: string[],
): Parsed<X509Certificate> | undefined =>
  new PemFile(variable, path, problems).parse('certificate', (pem) => ({ pem, value: new X509Certificate(pem) }));
