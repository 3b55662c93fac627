import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../../src/contract/built-in-failures.js';
import { ConfigurationError } from '../../../src/platform/config/configuration-error.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';
import { JoseTokenVerifier } from '../../../src/platform/security/jose-token-verifier.js';
import { TokenIssuer } from '../../../src/platform/security/token-issuer.js';
import { loadTokenKeys } from '../../../src/platform/security/token-keys.js';

const settings = { issuer: 'mstv', audience: 'mstv', accessTokenSeconds: 900, service: 'monolith' };
const subject = { userId: 'user-1', sessionId: 'session-1', role: 'USER' };
const secret = 'a secret of this test file, long enough';

let folder: string;
const file = (name: string) => join(folder, name);

function writePair(name: string, { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) {
  writeFileSync(file(`${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(file(`${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  writePair('ed', generateKeyPairSync('ed25519'));
  writePair('former', generateKeyPairSync('ed25519'));
  writePair('rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }));
  writePair('weak', generateKeyPairSync('rsa', { modulusLength: 1024 }));
  writePair('ec', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  writeFileSync(file('garbage'), 'no key at all');
});

afterAll(() => rmSync(folder, { recursive: true }));

const keysOf = (env: Record<string, string>) => loadTokenKeys(loadConfiguration(env).security.tokens);

async function pair(env: Record<string, string> = { JWT_SECRET: secret }, now?: () => number) {
  const keys = await keysOf(env);
  return { keys, issuer: new TokenIssuer(keys, settings, now), verifier: new JoseTokenVerifier(keys, settings, now) };
}

/** Made by hand, for SignJWT refuses to make some of them: HMAC over whatever header and claims. */
function planted(header: { alg?: string } & Record<string, unknown>, claims: object, key: string | Buffer = secret) {
  const sane = { sid: 's', role: 'USER', sub: 'u', iss: 'mstv', aud: 'mstv', iat: 1, exp: 4_000_000_000 };
  const parts = [
    { alg: 'HS256', typ: 'at+jwt', ...header },
    { ...sane, ...claims },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const digest = header.alg === 'HS512' ? 'sha512' : 'sha256';
  return `${signed}.${createHmac(digest, key).update(signed).digest('base64url')}`;
}

const refusal = (promise: Promise<unknown>) => expect(promise).rejects.toThrow(Unauthenticated);

describe.each<[string, () => Record<string, string>]>([
  ['HS256', () => ({ JWT_SECRET: secret })],
  ['EdDSA', () => ({ JWT_PRIVATE_KEY_FILE: file('ed.key') })],
  ['RS256', () => ({ JWT_PRIVATE_KEY_FILE: file('rsa.key') })],
])('%s access tokens', (algorithm, env) => {
  test('contain user, session, role, organization and expiry', async () => {
    const { issuer, verifier } = await pair(env());
    const { token, expiresAt } = await issuer.issue({ ...subject, tenant: 'organization-1' });
    const claims = await verifier.verify(token);
    expect(claims).toMatchObject({ sub: 'user-1', sid: 'session-1', role: 'USER', tenant: 'organization-1' });
    expect(claims.exp * 1000).toBe(expiresAt.getTime());
    expect(Math.floor(claims.iat)).toBe(claims.exp - 900);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: algorithm, typ: 'at+jwt' });
  });

  test('are refused when a bit of them has changed', async () => {
    const { issuer, verifier } = await pair(env());
    const { token } = await issuer.issue(subject);
    const [header, , signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...subject, role: 'ADMIN' })).toString('base64url');
    await refusal(verifier.verify(`${header}.${forged}.${signature}`));
    await refusal(verifier.verify(`${token.slice(0, -6)}AAAAAA`));
  });
});

describe('access tokens', () => {
  test('are found without a promise once verified, as one object, until the second they expire', async () => {
    let now = Date.parse('2026-01-01T00:00:00.250Z');
    const { issuer, verifier } = await pair(undefined, () => now);
    const { token } = await issuer.issue(subject);
    expect(verifier.verifyCached(token)).toBeUndefined();
    const [one, other] = await Promise.all([verifier.verify(token), verifier.verify(token)]);
    expect(one).toBe(other);
    now += 899_000;
    expect(verifier.verifyCached(token)).toBe(one);
    now += 1000;
    expect(verifier.verifyCached(token)).toBeUndefined();
    await expect(verifier.verify(token)).rejects.toThrow('The token has expired');
  });

  test('are remembered up to a bound', async () => {
    const { keys, issuer } = await pair();
    const verifier = new JoseTokenVerifier(keys, { ...settings, cachedTokens: 2 });
    const tokens = await Promise.all(['a', 'b', 'c'].map((userId) => issuer.issue({ ...subject, userId })));
    for (const { token } of tokens) await verifier.verify(token);
    expect(tokens.map(({ token }) => verifier.verifyCached(token)?.sub)).toEqual([undefined, 'b', 'c']);
  });

  test('that were refused are not remembered', async () => {
    const { verifier } = await pair();
    await refusal(verifier.verify('not.a.token'));
    expect(verifier.verifyCached('not.a.token')).toBeUndefined();
  });

  test('are accepted as planted by this test, so that the refusals below mean something', async () => {
    const { verifier } = await pair();
    await expect(verifier.verify(planted({}, {}))).resolves.toMatchObject({ sub: 'u' });
  });

  test.each<[string, Record<string, unknown>, object]>([
    ['another issuer', {}, { iss: 'someone' }],
    ['another audience', {}, { aud: 'someone' }],
    ['another type', { typ: 'JWT' }, {}],
    ['the type of service tokens', { typ: 'service+jwt' }, {}],
    ['no type', { typ: undefined }, {}],
    ['another algorithm of the same secret', { alg: 'HS512' }, {}],
    ['no expiry', {}, { exp: undefined }],
    ['a past expiry', {}, { exp: 2 }],
    ['no user', {}, { sub: undefined }],
    ['an empty user', {}, { sub: '' }],
    ['no session', {}, { sid: undefined }],
    ['no role', {}, { role: undefined }],
    ['a role that is no text', {}, { role: ['ADMIN'] }],
    ['an organization that is no text', {}, { tenant: 7 }],
    ['no time of issue', {}, { iat: undefined }],
    ['a start that is to come', {}, { nbf: 3_999_999_999 }],
    ['a critical extension nobody knows', { crit: ['x'], x: 1 }, {}],
  ])('with %s are refused', async (_, header, claims) => {
    const { verifier } = await pair();
    await refusal(verifier.verify(planted(header, claims)));
  });

  test('without a signature are refused', async () => {
    const { verifier } = await pair();
    const claims = { sid: 's', role: 'ADMIN', sub: 'u', iss: 'mstv', aud: 'mstv', iat: 1, exp: 4_000_000_000 };
    await refusal(verifier.verify(new UnsecuredJWT(claims).encode()));
  });

  test('signed with the public key as if it were a secret are refused', async () => {
    const { keys, verifier } = await pair({ JWT_PRIVATE_KEY_FILE: file('rsa.key') });
    const token = planted({ kid: keys.signing?.id }, {}, readFileSync(file('rsa.pub')));
    await refusal(verifier.verify(token));
  });

  test('of any length but a sane one are refused before anything is computed', async () => {
    const { verifier } = await pair();
    await expect(verifier.verify('x'.repeat(1024 * 1024))).rejects.toThrow('The token is too long');
  });
});

describe('rotation', () => {
  test('tokens of the former key verify while its public key is configured, and no longer', async () => {
    const former = await pair({ JWT_PRIVATE_KEY_FILE: file('former.key') });
    const { token } = await former.issuer.issue(subject);
    const during = await pair({ JWT_PRIVATE_KEY_FILE: file('ed.key'), JWT_PUBLIC_KEY_FILES: file('former.pub') });
    await expect(during.verifier.verify(token)).resolves.toMatchObject({ sub: 'user-1' });
    const after = await pair({ JWT_PRIVATE_KEY_FILE: file('ed.key') });
    await refusal(after.verifier.verify(token));
  });

  test('may change the algorithm', async () => {
    const former = await pair({ JWT_PRIVATE_KEY_FILE: file('rsa.key') });
    const { token } = await former.issuer.issue(subject);
    const during = await pair({ JWT_PRIVATE_KEY_FILE: file('ed.key'), JWT_PUBLIC_KEY_FILES: file('rsa.pub') });
    await expect(during.verifier.verify(token)).resolves.toMatchObject({ sub: 'user-1' });
  });

  test('a token that names the key of another algorithm is refused', async () => {
    const { keys, verifier } = await pair({
      JWT_PRIVATE_KEY_FILE: file('ed.key'),
      JWT_PUBLIC_KEY_FILES: file('rsa.pub'),
    });
    await refusal(verifier.verify(planted({ alg: 'RS256', kid: keys.signing?.id }, {})));
  });

  test('a process with public keys only verifies and does not issue', async () => {
    const { token } = await (await pair({ JWT_PRIVATE_KEY_FILE: file('ed.key') })).issuer.issue(subject);
    const { issuer, verifier } = await pair({ JWT_PUBLIC_KEY_FILES: file('ed.pub') });
    await expect(verifier.verify(token)).resolves.toMatchObject({ sub: 'user-1' });
    await expect(issuer.issue(subject)).rejects.toThrow('JWT_PRIVATE_KEY_FILE');
  });
});

describe('the published keys', () => {
  test('let anyone verify our tokens, by thumbprint, and hold nothing private', async () => {
    const env = {
      JWT_PRIVATE_KEY_FILE: file('ed.key'),
      JWT_PUBLIC_KEY_FILES: `${file('former.pub')},${file('rsa.pub')}`,
    };
    const { keys, issuer } = await pair(env);
    const { token } = await issuer.issue(subject);
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.published));
    expect(payload.sub).toBe('user-1');
    expect(keys.published.keys.map(({ alg, use }) => [alg, use])).toEqual([
      ['EdDSA', 'sig'],
      ['EdDSA', 'sig'],
      ['RS256', 'sig'],
    ]);
    expect(new Set(keys.published.keys.map(({ kid }) => kid)).size).toBe(3);
    for (const key of keys.published.keys) expect(Object.keys(key)).not.toContain('d');
  });

  test('are none for a shared secret, and its tokens carry no key id', async () => {
    const { keys, issuer } = await pair();
    expect(keys.published).toEqual({ keys: [] });
    expect(decodeProtectedHeader((await issuer.issue(subject)).token).kid).toBeUndefined();
  });
});

describe('key files that cannot be used', () => {
  test('are all named at once, with the remedy and without their content', async () => {
    const env = {
      JWT_PRIVATE_KEY_FILE: file('ec.key'),
      JWT_PUBLIC_KEY_FILES: [file('missing'), file('garbage'), file('weak.pub'), file('ed.pub')].join(','),
    };
    const error: unknown = await keysOf(env).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({
      problems: [
        expect.stringMatching(
          /^JWT_PRIVATE_KEY_FILE: ".*ec.key" holds a key that is not suitable \(ec\)\. Set it to an/,
        ),
        expect.stringMatching(/^JWT_PUBLIC_KEY_FILES: ".*missing" cannot be read \(ENOENT\)\. Set it to/),
        expect.stringMatching(/^JWT_PUBLIC_KEY_FILES: ".*garbage" holds no public key\. Set it to/),
        expect.stringMatching(/^JWT_PUBLIC_KEY_FILES: ".*weak.pub" holds a key that is not suitable \(rsa\)\. .*2048/),
      ],
    });
    expect(String(error)).not.toContain('no key at all');
  });
});

describe('service tokens', () => {
  test('name the calling service to the one they are for, and to no other', async () => {
    const { keys, issuer, verifier } = await pair();
    const { token } = await issuer.issueServiceToken({ service: 'auth-service', audience: 'monolith' });
    await expect(verifier.verifyService(token)).resolves.toMatchObject({ service: 'auth-service' });
    await expect(verifier.verifyService(token)).resolves.toMatchObject({ service: 'auth-service' });
    const elsewhere = new JoseTokenVerifier(keys, { ...settings, service: 'user-service' });
    await refusal(elsewhere.verifyService(token));
  });

  test('live for a minute, cached or not', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const { issuer, verifier } = await pair(undefined, () => now);
    const { token } = await issuer.issueServiceToken({ service: 'auth-service', audience: 'monolith' });
    await verifier.verifyService(token);
    now += 60_000;
    await refusal(verifier.verifyService(token));
  });

  test('do not pass as access tokens, nor access tokens as theirs', async () => {
    const { keys, issuer } = await pair();
    const verifier = new JoseTokenVerifier(keys, { ...settings, service: settings.audience });
    const { token } = await issuer.issueServiceToken({ service: 'auth-service', audience: settings.audience });
    await refusal(verifier.verify(token));
    await refusal(verifier.verifyService((await issuer.issue(subject)).token));
  });
});
