import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/platform/config/configuration-error.js';
import { loadTls } from '../../../src/platform/security/load-tls.js';

const fixtures = join(import.meta.dirname, 'fixtures');
const certFile = join(fixtures, 'localhost.cert.pem');
const keyFile = join(fixtures, 'localhost.key.pem');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(folder, 'other.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'planted' });
  writeFileSync(join(folder, 'locked.key'), locked);
});

afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(tls: { certFile: string; keyFile: string }) {
  try {
    loadTls({ tls });
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('a certificate and its key serve HTTPS', async () => {
  const tls = loadTls({ tls: { certFile, keyFile } });
  const server = createServer({ ...tls }, (_, response) => response.end('secure'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispatcher = new Agent({ connect: { ca: tls?.cert } });
  const { port } = server.address() as AddressInfo;
  const { body } = await request(`https://127.0.0.1:${port}`, { dispatcher });
  expect(await body.text()).toBe('secure');
  await dispatcher.close();
  server.close();
});

test('nothing is loaded where TLS is not configured', () => {
  expect(loadTls({})).toBeUndefined();
});

test('every file that cannot be used is named at once', () => {
  expect(problemsOf({ certFile: keyFile, keyFile: join(folder, 'missing') })).toEqual([
    expect.stringMatching(/^TLS_CERT_FILE: ".*localhost.key.pem" holds no certificate\. Set it to/),
    expect.stringMatching(/^TLS_KEY_FILE: ".*missing" cannot be read \(ENOENT\)\. Set it to/),
  ]);
});

test('an encrypted key is refused', () => {
  expect(problemsOf({ certFile, keyFile: join(folder, 'locked.key') })).toEqual([
    expect.stringMatching(/^TLS_KEY_FILE: .* holds no unencrypted private key/),
  ]);
});

test('the key of another certificate is refused', () => {
  expect(problemsOf({ certFile, keyFile: join(folder, 'other.key') })).toEqual([
    expect.stringMatching(/^TLS_KEY_FILE: ".*other.key" is not the key of ".*localhost.cert.pem"/),
  ]);
});
