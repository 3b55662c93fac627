import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawConnection, statuses } from '../../support/raw-connection.js';
import { type SpecimenHttp, specimenHttp } from './specimen-http.js';

let server: SpecimenHttp;

beforeAll(async () => {
  server = await specimenHttp({ http: { requestTimeoutMs: 400 } });
});

afterAll(() => server.close());

const halfBody = (type: string) =>
  `POST /specimens/token HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: 12\r\n\r\n{"name"`;
const halfHeaders = 'GET /specimens/filter HTTP/1.1\r\nhost:';
const wait = 'GET /specimens/wait HTTP/1.1\r\nhost: x\r\nx-request-timeout-ms: 600\r\n\r\n';

it.each([
  ['nothing', ''],
  ['half its headers', halfHeaders],
  ['half its body', halfBody('application/json')],
])('answers REQUEST_TIMEOUT to a request of which only %s comes', async (_what, bytes) => {
  const received = await (await RawConnection.open(server.url)).write(bytes).untilClosed();
  expect(statuses(received)).toEqual([408]);
  expect(received).toContain('content-type: application/problem+json');
  expect(received).toMatch(/"status":408,[\s\S]*"code":"REQUEST_TIMEOUT"/);
});

it.each([
  ['headers', halfHeaders],
  ['a body', halfBody('application/json')],
])('answers slow %s after the requests before', async (_what, bytes) => {
  const connection = await RawConnection.open(server.url);
  expect(statuses(await connection.write(wait + bytes).untilClosed())).toEqual([504, 408]);
});

it('answers once where the slow body was refused already', async () => {
  const connection = await RawConnection.open(server.url);
  expect(statuses(await connection.write(halfBody('text/plain')).untilClosed())).toEqual([415]);
});

it('gives a handler all the time that its deadline allows', async () => {
  const connection = await RawConnection.open(server.url);
  expect(statuses(await connection.write(wait).until(/\}$/))).toEqual([504]);
  connection.close();
});
