import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startApplication } from '../support/application.js';
import { Authority, PemFolder } from '../support/certificates.js';
import type { RunningTarget } from '../support/target.js';

let folder: PemFolder;
let target: RunningTarget;
let authority: Authority;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  folder = new PemFolder();
  authority = await Authority.create();
  const { certFile, keyFile } = folder.identity('server', await authority.issue());
  target = await startApplication({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
});

afterEach(async () => {
  vi.useRealTimers();
  await target.stop();
  folder.remove();
});

const shown = (address: string, ALPNProtocols: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(address);
    const socket = connect({ host, port: Number(port), ca: authority.pem, ALPNProtocols }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });

test('a renewed certificate is shown by HTTPS and gRPC without a restart', async () => {
  const { http, grpc = '' } = target.addresses;
  const ofBoth = async () => [await shown(http, ['http/1.1']), await shown(`https://${grpc}`, ['h2'])];
  const before = await ofBoth();
  expect(new Set(before).size).toBe(1);
  folder.identity('server', await authority.issue());
  vi.advanceTimersByTime(30_000);
  const after = await ofBoth();
  expect(new Set(after).size).toBe(1);
  expect(after).not.toEqual(before);
});
