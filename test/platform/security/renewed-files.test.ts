import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/platform/config/configuration-error.js';
import { type ListenerTls, loadTls } from '../../../src/platform/security/load-tls.js';
import { RenewedFiles } from '../../../src/platform/security/renewed-files.js';
import { Lines } from '../../remote/discovery/lines.js';
import { Authority, PemFolder } from '../../support/certificates.js';

let authority: Authority;
let folder: PemFolder;
let lines: Lines;
let files: RenewedFiles<ListenerTls>;

beforeEach(async () => {
  authority = await Authority.create();
  folder = new PemFolder();
  lines = new Lines();
  const tls = folder.identity('server', await authority.issue());
  files = new RenewedFiles(() => loadTls({ tls }) as ListenerTls, 5, lines);
});

afterEach(() => {
  files.close();
  folder.remove();
});

test('renewed certificates are reported and used', async () => {
  const renewed = await authority.issue();
  const { promise, resolve } = Promise.withResolvers<ListenerTls>();
  files.onChange(resolve);
  folder.identity('server', renewed);
  expect((await promise).identity.cert.toString()).toBe(renewed.cert);
  expect(files.current).toEqual(await promise);
  expect(lines.all.at(-1)).toBe('Certificates were renewed: new connections use them');
});

test('a certificate whose key is not written yet is not taken, and said once', async () => {
  const before = files.current;
  const renewed = await authority.issue();
  const half = lines.next(/Certificates stay as they were: TLS_KEY_FILE: ".*server.key.pem" is not the key of/);
  folder.write('server.cert.pem', renewed.cert);
  await half;
  expect(files.current).toBe(before);
  const whole = lines.next(/renewed/);
  folder.write('server.key.pem', renewed.key);
  await whole;
  expect(files.current.identity.key.toString()).toBe(renewed.key);
  expect(lines.all.filter((line) => line.includes('stay as they were'))).toHaveLength(1);
});

test('a removed listener is not called', async () => {
  const reported: ListenerTls[] = [];
  files.onChange((material) => reported.push(material))();
  const renewed = lines.next(/renewed/);
  folder.identity('server', await authority.issue());
  await renewed;
  expect(reported).toEqual([]);
});

test('files that cannot be used at the start stop it', () => {
  const load = () => loadTls({ tls: { certFile: 'nowhere.pem', keyFile: 'nowhere.pem' } });
  expect(() => new RenewedFiles(load)).toThrow(ConfigurationError);
});
