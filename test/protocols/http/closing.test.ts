import { expect, it } from 'vitest';
import { RawConnection, statuses } from '../../support/raw-connection.js';
import { specimenHttp } from './specimen-http.js';

it('a request that was on its way when the server closed is answered as any other, and its connection ends', async () => {
  const { url, close } = await specimenHttp();
  const connection = await RawConnection.open(url);
  connection.write('GET /specimens/filter HTTP/1.1\r\nhost:');
  // the server has read the bytes before those of another connection
  await fetch(`${url}/specimens/filter`, { headers: { connection: 'close' } });
  const closed = close();
  await expect.poll(() => fetch(url).then(String, () => 'refused')).toBe('refused');
  const received = await connection.write(' x\r\n\r\n').untilClosed();
  expect(statuses(received)).toEqual([200]);
  expect(received).toMatch(/\r\nconnection: close\r\n/i);
  await closed;
});
