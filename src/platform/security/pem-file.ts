import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

interface Parsed<T> {
  readonly pem: Buffer;
  readonly value: T;
}

/** `variable` names the file. Appends to `problems`, without file content. */
type PemReader<T> = (variable: string, path: string, problems: string[]) => Parsed<T> | undefined;

export const readPrivateKey = reader('unencrypted private key', createPrivateKey);
export const readPublicKey = reader('public key', createPublicKey);
export const readCertificate = reader('certificate', (pem) => new X509Certificate(pem));

function reader<T>(what: string, parse: (pem: Buffer) => T): PemReader<T> {
  return (variable, path, problems) => {
    const pem = read(variable, path, problems);
    if (pem === undefined) return undefined;
    try {
      return { pem, value: parse(pem) };
    } catch {
      problems.push(`${variable}: "${path}" holds no ${what}. Set it to a PEM file with one`);
      return undefined;
    }
  };
}

function read(variable: string, path: string, problems: string[]): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    problems.push(`${variable}: "${path}" cannot be read (${code}). Set it to a file that this user can read`);
    return undefined;
  }
}
