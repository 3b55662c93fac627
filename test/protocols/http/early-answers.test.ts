import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawConnection, statuses } from '../../support/raw-connection.js';
import { type SpecimenHttp, specimenHttp } from './specimen-http.js';

const mebibyte = 1024 * 1024;
const large = Buffer.alloc(5_000_000, ' ');

let server: SpecimenHttp;

beforeAll(async () => {
  server = await specimenHttp();
});

afterAll(() => server.close());

const head = (method: string, path: string, headers: string) =>
  `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${large.length}\r\n${headers}\r\n\r\n`;
const json = 'content-type: application/json';

describe('a body that is refused before it is read', () => {
  it.each([
    [413, head('POST', '/specimens/echo', json)],
    [413, head('POST', '/specimens/echo', `${json}\r\nconnection: close`)],
    [413, head('POST', '/specimens/echo', json).replace('HTTP/1.1', 'HTTP/1.0')],
    [400, head('GET', '/specimens/filter', 'connection: close')],
    [400, head('POST', '/specimens/echo', json).replace('host: x', 'host: a b')],
    [417, head('POST', '/specimens/echo', `${json}\r\nexpect: miracles`)],
  ])('is taken to its end after the answer, and thrown away: %i %j', async (status, request) => {
    const connection = await RawConnection.open(server.url);
    connection.write(request);
    await connection.until(/\r\n\r\n/);
    connection.write(large);
    expect(statuses(await connection.untilClosed())).toEqual([status]);
  });

  it.each([
    [405, head('PUT', '/specimens/echo', json)],
    [415, head('POST', '/specimens/echo', 'content-type: text/plain')],
  ])('leaves its connection for the next request: %i', async (status, request) => {
    const connection = await RawConnection.open(server.url);
    connection.write(request);
    await connection.until(/\r\n\r\n/);
    connection.write(large).write('GET /specimens/filter HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(statuses(await connection.untilClosed())).toEqual([status, 200]);
  });

  it.each([
    ['another type', 'content-type: text/plain'],
    ['its length', json],
    ['its length, with an end of the connection', `${json}\r\nconnection: close`],
  ])('is taken up to 16 MiB: refused for %s', async (_why, headers) => {
    const connection = await RawConnection.open(server.url);
    connection.write(
      `POST /specimens/echo HTTP/1.1\r\nhost: x\r\ncontent-length: ${64 * mebibyte}\r\n${headers}\r\n\r\n`,
    );
    await connection.until(/\r\n\r\n/);
    connection.write(Buffer.alloc(15 * mebibyte));
    await expect.poll(() => connection.unsent).toBe(0);
    connection.write(Buffer.alloc(49 * mebibyte));
    await expect(connection.untilClosed()).rejects.toThrow(/EPIPE|ECONNRESET/);
  });

  it('is not awaited for ever', async () => {
    const connections = await Promise.all(
      ['content-type: text/plain', json].map(async (headers) => {
        const connection = await RawConnection.open(server.url);
        await connection.write(head('POST', '/specimens/echo', headers)).until(/\r\n\r\n/);
        return connection;
      }),
    );
    await expect.poll(() => server.connections()).toBe(0);
    for (const connection of connections) connection.close();
  });

  it('is not requested if the client waits for 100 Continue', async () => {
    const connection = await RawConnection.open(server.url);
    const received = connection.write(head('POST', '/specimens/echo', `${json}\r\nexpect: 100-continue`)).until(/\}$/);
    expect(await received).toMatch(/^HTTP\/1\.1 413 [\s\S]*\r\nconnection: close\r\n/i);
    connection.close();
  });
});

it('requests a body that it will read, if the client waits for 100 Continue', async () => {
  const connection = await RawConnection.open(server.url);
  const headers = `host: x\r\n${json}\r\ncontent-length: 12\r\nexpect: 100-continue\r\nconnection: close`;
  connection.write(`POST /specimens/token HTTP/1.1\r\n${headers}\r\n\r\n`);
  await connection.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
  connection.write('{"name":"x"}');
  expect(statuses((await connection.untilClosed()).replace('HTTP/1.1 100 Continue\r\n\r\n', ''))).toEqual([200]);
});

it('reads nothing of a body at no address', async () => {
  const body = '{"broken":';
  const headers = { 'content-type': 'application/json' };
  const nowhere = await fetch(`${server.url}/nowhere`, { method: 'POST', headers, body });
  const wrong = await fetch(`${server.url}/specimens/echo`, { method: 'PUT', headers, body });
  expect([nowhere.status, wrong.status]).toEqual([404, 405]);
});
