import { expect, test } from 'vitest';
import { ConnectionTroubles } from '../../../src/platform/remote/connection-troubles.js';
import { Lines } from '../discovery/lines.js';

const details = (time: string) =>
  `No connection established. Last error: certificate has expired (2026-11-21T10:00:${time}.000Z). Resolution note: `;

test('why there is no connection is said once for an address and a reason', () => {
  const lines = new Lines();
  const troubles = new ConnectionTroubles(lines);
  troubles.tell('users', '10.0.0.7:50051', details('01'));
  troubles.tell('users', '10.0.0.7:50051', details('02'));
  troubles.tell('users', '10.0.0.8:50051', details('03'));
  troubles.tell('users', '10.0.0.7:50051', 'Name resolution failed');
  expect(lines.all).toEqual([
    'users: no connection to 10.0.0.7:50051 (certificate has expired)',
    'users: no connection to 10.0.0.8:50051 (certificate has expired)',
    'users: no connection to 10.0.0.7:50051 (Name resolution failed)',
  ]);
});
