import { createPublicKey, createSecretKey, type KeyObject, type webcrypto } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { exportJWK } from 'jose/key/export';
import type { TokenSettings } from '../config/configuration.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { readPrivateKey, readPublicKey } from './pem-file.js';

export type TokenAlgorithm = 'HS256' | 'EdDSA' | 'RS256';

export interface TokenKey {
  readonly algorithm: TokenAlgorithm;
  readonly key: webcrypto.CryptoKey;
  /** RFC 7638 thumbprint; absent for a shared secret, where it would help to guess it. */
  readonly id?: string;
}

export abstract class TokenKeys {
  abstract readonly signing?: TokenKey;
  abstract readonly verifying: readonly TokenKey[];
  /** For `/.well-known/jwks.json`; empty for a shared secret. */
  abstract readonly published: JSONWebKeySet;
}

/** Throws one ConfigurationError with every invalid file. */
export async function loadTokenKeys(settings: TokenSettings): Promise<TokenKeys> {
  return settings.secret === undefined ? loadKeyPairs(settings) : sharedSecret(settings.secret);
}

function sharedSecret(secret: string): TokenKeys {
  const key = webCryptoKey('HS256', createSecretKey(secret, 'utf8'), ['sign', 'verify']);
  return { signing: { algorithm: 'HS256', key }, verifying: [{ algorithm: 'HS256', key }], published: { keys: [] } };
}

interface KeyFile {
  readonly algorithm: Exclude<TokenAlgorithm, 'HS256'>;
  readonly key: KeyObject;
}

async function loadKeyPairs({ privateKeyFile, publicKeyFiles }: TokenSettings): Promise<TokenKeys> {
  const problems: string[] = [];
  const read = (variable: string, path: string, reader: typeof readPublicKey) =>
    suitable(variable, path, reader(variable, path, problems)?.value, problems);
  const own = privateKeyFile === undefined ? undefined : read('JWT_PRIVATE_KEY_FILE', privateKeyFile, readPrivateKey);
  const others = publicKeyFiles.flatMap((path) => read('JWT_PUBLIC_KEY_FILES', path, readPublicKey) ?? []);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const ownPublic = own && { ...own, key: createPublicKey(own.key) };
  const verifying = await Promise.all((ownPublic ? [ownPublic, ...others] : others).map(verifyingKey));
  return {
    signing: own && { ...own, key: webCryptoKey(own.algorithm, own.key, ['sign']), id: verifying[0]?.id },
    verifying,
    published: { keys: verifying.map(({ jwk }) => jwk) },
  };
}

const MIN_RSA_BITS = 2048;

function suitable(variable: string, path: string, key: KeyObject | undefined, problems: string[]): KeyFile | undefined {
  if (key === undefined) return undefined;
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: 'EdDSA', key };
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType === 'rsa' && bits >= MIN_RSA_BITS) return { algorithm: 'RS256', key };
  const remedy = `Set it to an Ed25519 key or an RSA key of at least ${MIN_RSA_BITS} bits`;
  problems.push(`${variable}: "${path}" holds a key that is not suitable (${key.asymmetricKeyType}). ${remedy}`);
  return undefined;
}

async function verifyingKey({ algorithm, key }: KeyFile) {
  const jwk = await exportJWK(key);
  const id = await calculateJwkThumbprint(jwk);
  const published = { ...jwk, kid: id, alg: algorithm, use: 'sig' };
  return { algorithm, key: webCryptoKey(algorithm, key, ['verify']), id, jwk: published };
}

const parameters = {
  HS256: { name: 'HMAC', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
} as const;

/** jose verifies a third faster with a CryptoKey than with a KeyObject. */
function webCryptoKey(algorithm: TokenAlgorithm, key: KeyObject, usages: ('sign' | 'verify')[]): webcrypto.CryptoKey {
  return key.toCryptoKey(parameters[algorithm], false, usages);
}
