import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { expect, test, vi } from 'vitest';
import { ConnectionLog } from '../../../src/remote/grpc/connection-log.js';
import { Authority } from '../../support/certificates.js';
import { Lines } from '../discovery/lines.js';

const details = (time: string) =>
  `No connection established. Last error: certificate has expired (2026-11-21T10:00:${time}.000Z). Resolution note: `;

test('why there is no connection is said once for an address and a reason', () => {
  const lines = new Lines();
  const log = new ConnectionLog(lines);
  log.noConnection('users', '10.0.0.7:50051', details('01'));
  log.noConnection('users', '10.0.0.7:50051', details('02'));
  log.noConnection('users', '10.0.0.8:50051', details('03'));
  log.noConnection('users', '10.0.0.7:50051', 'Name resolution failed');
  expect(lines.all).toEqual([
    'users: no connection to 10.0.0.7:50051 (certificate has expired)',
    'users: no connection to 10.0.0.8:50051 (certificate has expired)',
    'users: no connection to 10.0.0.7:50051 (Name resolution failed)',
  ]);
});

test('that nothing listens is logged only if it lasts: a starting process listens a little later', () => {
  const lines = new Lines();
  vi.useFakeTimers({ toFake: ['performance'] });
  const log = new ConnectionLog(lines);
  const refused =
    'No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.7:50051. Resolution note: ';
  log.noConnection('users', '10.0.0.7:50051', refused);
  expect(lines.all).toEqual([]);
  vi.advanceTimersByTime(5_000);
  log.noConnection('users', '10.0.0.7:50051', refused);
  vi.useRealTimers();
  expect(lines.all).toEqual([expect.stringMatching('users: no connection to 10.0.0.7:50051 .*ECONNREFUSED')]);
});

test('a connection that the other end closed at once may have lacked TLS', async () => {
  const lines = new Lines();
  const authority = await Authority.create();
  const { cert, key } = await authority.issue();
  const server = createSecureServer({ cert, key }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new Client(address, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  const error = await new Promise<ServiceError | null>((resolve) => {
    client.makeUnaryRequest('/a/b', same, same, Buffer.alloc(0), resolve);
  });
  client.close();
  server.close();
  new ConnectionLog(lines).noConnection('users', address, error?.details ?? '');
  expect(lines.all).toEqual([expect.stringMatching(`users: no connection to ${address} .*TLS.*SERVICE_TLS_CA_FILE`)]);
});
