import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/platform/config/configuration-error.js';
import { loadServiceTls, loadTls } from '../../../src/platform/security/load-tls.js';
import { Authority, PemFolder } from '../../support/certificates.js';

const fixtures = join(import.meta.dirname, 'fixtures');
const certFile = join(fixtures, 'localhost.cert.pem');
const keyFile = join(fixtures, 'localhost.key.pem');
const missing = join(fixtures, 'missing.pem');
const folder = new PemFolder();
let otherKey: string;
let lockedKey: string;
let authority: Authority;
let caFile: string;

beforeAll(async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  otherKey = folder.write('other.key', `${privateKey.export({ type: 'pkcs8', format: 'pem' })}`);
  const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'planted' });
  lockedKey = folder.write('locked.key', `${locked}`);
  authority = await Authority.create();
  caFile = folder.write('ca.pem', authority.pem);
});

afterAll(() => folder.remove());

function problemsOf(load: () => unknown) {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const listenerProblems = (tls: { certFile: string; keyFile: string; clientCaFile?: string }) =>
  problemsOf(() => loadTls({ tls }));

const serviceProblems = (serviceTls: { certFile?: string; keyFile?: string; caFile?: string }) =>
  problemsOf(() => loadServiceTls({ serviceTls }));

describe('the certificate of the listeners', () => {
  test('and its key serve HTTPS', async () => {
    const tls = loadTls({ tls: { certFile, keyFile } });
    const server = createServer({ ...tls?.identity }, (_, response) => response.end('secure'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const dispatcher = new Agent({ connect: { ca: tls?.identity.cert } });
    const { port } = server.address() as AddressInfo;
    const { body } = await request(`https://127.0.0.1:${port}`, { dispatcher });
    expect(await body.text()).toBe('secure');
    await dispatcher.close();
    server.close();
  });

  test('is not loaded where TLS is not configured', () => {
    expect(loadTls({})).toBeUndefined();
  });

  test('has every file that cannot be used named at once', () => {
    expect(listenerProblems({ certFile: keyFile, keyFile: missing, clientCaFile: missing })).toEqual([
      expect.stringMatching(/^TLS_CERT_FILE: ".*localhost.key.pem" holds no certificate\. Set it to/),
      expect.stringMatching(/^TLS_KEY_FILE: ".*missing.pem" cannot be read \(ENOENT\)\. Set it to/),
      expect.stringMatching(/^GRPC_TLS_CLIENT_CA_FILE: ".*missing.pem" cannot be read \(ENOENT\)\. Set it to/),
    ]);
  });

  test('is refused with an encrypted key', () => {
    expect(listenerProblems({ certFile, keyFile: lockedKey })).toEqual([
      expect.stringMatching(/^TLS_KEY_FILE: .* holds no unencrypted private key/),
    ]);
  });

  test('is refused with the key of another certificate', () => {
    expect(listenerProblems({ certFile, keyFile: otherKey })).toEqual([
      expect.stringMatching(/^TLS_KEY_FILE: ".*other.key" is not the key of ".*localhost.cert.pem"/),
    ]);
  });

  test('is refused when its chain is cut short', () => {
    const chain = `${readFileSync(certFile, 'utf8')}${authority.pem.slice(0, 200)}`;
    expect(listenerProblems({ certFile: folder.write('cut.pem', chain), keyFile })).toEqual([
      expect.stringMatching(/^TLS_CERT_FILE: cannot be used \(.+\)\. Set it to a whole PEM file/),
    ]);
  });
});

describe('what is shown to other services', () => {
  test('is nothing where no TLS is configured', () => {
    expect(loadServiceTls({})).toBeUndefined();
  });

  test('is nothing, over TLS to those whom Node trusts, where only the listeners have a certificate', () => {
    const material = loadServiceTls({ tls: { certFile, keyFile } });
    expect(material).toEqual({ ca: Buffer.from(getCACertificates('default').join('\n')) });
  });

  test('is the certificate and the authorities of the files', () => {
    const material = loadServiceTls({ serviceTls: { certFile, keyFile, caFile } });
    expect(material).toEqual({
      ca: Buffer.from(authority.pem),
      identity: { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    });
  });

  test('has every file that cannot be used named at once', () => {
    expect(serviceProblems({ certFile: missing, keyFile: lockedKey, caFile: keyFile })).toEqual([
      expect.stringMatching(/^SERVICE_TLS_CA_FILE: ".*localhost.key.pem" holds no certificate\. Set it to/),
      expect.stringMatching(/^SERVICE_TLS_CERT_FILE: ".*missing.pem" cannot be read \(ENOENT\)\. Set it to/),
      expect.stringMatching(/^SERVICE_TLS_KEY_FILE: ".*locked.key" holds no unencrypted private key/),
    ]);
    expect(serviceProblems({ certFile, keyFile: otherKey })).toEqual([
      expect.stringMatching(/^SERVICE_TLS_KEY_FILE: ".*other.key" is not the key of ".*localhost.cert.pem"/),
    ]);
  });
});
