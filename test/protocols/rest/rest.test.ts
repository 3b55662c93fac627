import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { QueryHandler } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anyone } from '../../../src/contract/access.js';
import { jsonEncoder } from '../../../src/contract/json-codec.js';
import { describe as descriptorOf, module } from '../../../src/contract/module.js';
import { query } from '../../../src/contract/operation.js';
import { view } from '../../../src/contract/values.js';
import { Pipeline } from '../../../src/pipeline/pipeline.js';
import { OperationRegistry } from '../../../src/pipeline/registry.js';
import { registerRest } from '../../../src/protocols/rest/register-rest.js';
import { aSpecimen } from '../../fixtures/specimens/a-specimen.js';
import { CreateSpecimenHandler, WaitForSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { EchoSpecimen } from '../../fixtures/specimens/specimens.operations.js';
import { createSpecimenApplication, type SpecimenApplication } from '../../support/specimen-application.js';

class GetPromise extends query({
  input: z.object({}),
  output: view('Promise', { kept: z.boolean() }),
  access: anyone,
  rest: 'GET /promises',
}) {}

let specimens: SpecimenApplication;
let url: string;

beforeAll(async () => {
  specimens = await createSpecimenApplication({
    bodyBytes: 10_000,
    configure: (app) => {
      const pipeline = app.get(Pipeline);
      const operations = app.get(OperationRegistry).served('rest');
      registerRest(app.getHttpAdapter().getInstance(), { pipeline, operations });
    },
  });
  await specimens.app.listen(0, '127.0.0.1');
  url = await specimens.app.getUrl();
});

afterAll(() => specimens.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** Writes bytes and gives all that comes back until the server closes. */
const raw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const { port } = specimens.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

const wireSpecimen = () => jsonEncoder(descriptorOf(EchoSpecimen).input)(aSpecimen) as object;

describe('an operation over REST', () => {
  it('carries a value of every type there and back in snake_case', async () => {
    const wire = wireSpecimen();
    const response = await post('/specimens/echo', wire);
    expect([response.status, await response.json()]).toEqual([200, wire]);
  });

  it('reads numbers, booleans, repeated keys and timestamps from the query string', async () => {
    const query = 'page=3&flag=true&ratio=1.5e2&colours=RED&colours=BLUE&since=2026-01-01T01:00:00%2B01:00&q=%C3%A4';
    const response = await fetch(`${url}/specimens/filter?${query}`);
    expect(await response.json()).toEqual({
      page: 3,
      flag: true,
      ratio: 150,
      colours: ['RED', 'BLUE'],
      since: '2026-01-01T00:00:00.000Z',
      q: 'ä',
    });
  });

  it('answers 201 for a POST on a collection and 204 without a body for an empty output', async () => {
    const authorization = `Bearer ${await specimens.token('USER')}`;
    const created = await post('/specimens', { name: 'one' }, { authorization });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    const discarded = await fetch(`${url}/specimens/${id}`, { method: 'DELETE' });
    expect([discarded.status, await discarded.text()]).toEqual([204, '']);
  });

  it('serves a later version beside the first', async () => {
    const id = crypto.randomUUID();
    const response = await fetch(`${url}/v2/specimens/${id}?reason=old`, { method: 'DELETE' });
    expect(await response.json()).toEqual({ id, reason: 'old' });
  });

  it('echoes a usable request id and makes one otherwise', async () => {
    const given = await fetch(`${url}/specimens/filter`, { headers: { 'x-request-id': 'mine-1' } });
    expect(given.headers.get('x-request-id')).toBe('mine-1');
    const unusable = await fetch(`${url}/specimens/filter`, { headers: { 'x-request-id': 'a b{}' } });
    expect(unusable.headers.get('x-request-id')).toMatch(/^[\w-]{30,}$/);
  });

  it('continues a valid trace in its failures', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
    const response = await post('/specimens/fail', { kind: 'NOT_FOUND' }, headers);
    expect(await response.json()).toMatchObject({ trace_id: trace });
  });

  it('replays the outcome of a repeated idempotency key and refuses it for another input', async () => {
    const authorization = `Bearer ${await specimens.token('USER')}`;
    const headers = { authorization, 'idempotency-key': 'key-1' };
    const first = await (await post('/specimens', { name: 'once' }, headers)).json();
    const second = await post('/specimens', { name: 'once' }, headers);
    expect([second.status, await second.json()]).toEqual([201, first]);
    const other = await post('/specimens', { name: 'other' }, headers);
    expect([other.status, await other.json()]).toMatchObject([400, { code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  it('runs a command once for many concurrent requests with one key', async () => {
    const headers = { authorization: `Bearer ${await specimens.token('USER')}`, 'idempotency-key': 'key-2' };
    const before = specimens.get(CreateSpecimenHandler).executions;
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await post('/specimens', { name: 'many' }, headers)).status),
    );
    expect(specimens.get(CreateSpecimenHandler).executions).toBe(before + 1);
    expect(new Set(statuses).difference(new Set([201, 409]))).toEqual(new Set());
  });

  it('replays a failure as well', async () => {
    const headers = { authorization: `Bearer ${await specimens.token('USER')}`, 'idempotency-key': 'key-3' };
    const before = specimens.get(CreateSpecimenHandler).executions;
    const answers = [
      await post('/specimens', { name: 'taken' }, headers),
      await post('/specimens', { name: 'taken' }, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409]);
    expect(await answers[1]?.json()).toMatchObject({ code: 'SPECIMEN_TAKEN' });
    expect(specimens.get(CreateSpecimenHandler).executions).toBe(before + 1);
  });

  it('stops when its deadline passes', async () => {
    const response = await fetch(`${url}/specimens/wait`, { headers: { 'x-request-timeout-ms': '30' } });
    expect([response.status, await response.json()]).toMatchObject([504, { code: 'DEADLINE_EXCEEDED' }]);
  });

  it.each(['0', '00', '-1', '1.5', '1e3', 'soon', '', '10, 20', '9'.repeat(10)])(
    'takes a deadline that is none as absent: "%s"',
    async (timeout) => {
      const headers = { 'x-request-timeout-ms': timeout };
      expect((await fetch(`${url}/specimens/filter`, { headers })).status).toBe(200);
      expect((await post('/specimens', { name: 'unsigned' }, headers)).status).toBe(401);
    },
  );

  it('stops when its client goes away', async () => {
    const { stopped } = specimens.get(WaitForSpecimenHandler);
    const controller = new AbortController();
    const request = fetch(`${url}/specimens/wait`, { signal: controller.signal });
    await expect.poll(() => specimens.pipeline.running).toBeGreaterThan(0);
    controller.abort();
    await expect(request).rejects.toThrow();
    await expect.poll(() => specimens.get(WaitForSpecimenHandler).stopped).toBe(stopped + 1);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['INVALID_ARGUMENT', 400],
    ['UNAUTHENTICATED', 401],
    ['PERMISSION_DENIED', 403],
    ['NOT_FOUND', 404],
    ['ALREADY_EXISTS', 409],
    ['FAILED_PRECONDITION', 409],
    ['ABORTED', 409],
    ['RESOURCE_EXHAUSTED', 429],
    ['CANCELLED', 499],
    ['UNIMPLEMENTED', 404],
    ['UNAVAILABLE', 503],
    ['DEADLINE_EXCEEDED', 504],
    ['INTERNAL', 500],
  ])('gives a failure of kind %s the status %i', async (kind, status) => {
    const response = await post('/specimens/fail', { kind });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect([response.status, await response.json()]).toMatchObject([status, { status, code: `SPECIMEN_${kind}` }]);
  });

  it('says nothing of an unexpected error', async () => {
    const response = await post('/specimens/fail', { kind: 'UNEXPECTED' });
    const text = await response.text();
    expect([response.status, JSON.parse(text).code]).toEqual([500, 'INTERNAL']);
    expect(text).not.toContain('secret');
  });

  it('lists every issue by its path in wire names', async () => {
    const response = await post('/specimens/echo', { lable: 'x', address_line2: 5, price: { amount: 1.5 }, 'a/b': 1 });
    const { errors } = (await response.json()) as { errors: { path: string; code: string }[] };
    const paths = errors.map(({ path, code }) => `${path} ${code}`);
    expect(paths).toContain('/lable unrecognized_keys');
    expect(paths).toContain('/a~1b unrecognized_keys');
    expect(paths).toContain('/address_line2 invalid_type');
    expect(paths).toContain('/price/amount invalid_type');
    expect(paths).toContain('/price/currency invalid_type');
    expect(paths).toContain('/happened_at invalid_type');
  });

  it('refuses unknown and repeated query parameters', async () => {
    const response = await fetch(`${url}/specimens/filter?pagee=1&flag=true&flag=false`);
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['/flag', '/pagee']);
  });

  it.each(['label', 'dry_run', 'a/b', '__proto__'])(
    'refuses a query string of what has a body, fields of the body included: %s',
    async (name) => {
      const response = await post(`/specimens/echo?${encodeURIComponent(name)}=1`, wireSpecimen());
      expect([response.status, await response.json()]).toMatchObject([
        400,
        {
          code: 'INVALID_ARGUMENT',
          errors: [{ path: `/${name.replace('/', '~1')}`, code: 'unrecognized_keys' }],
        },
      ]);
    },
  );

  it('lists what is wrong with the query string and with the body together', async () => {
    const response = await post('/specimens/fail?dry_run=1', { kind: 'NOTHING' });
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['/dry_run', '/kind']);
  });

  it('takes a question mark without a query string', async () => {
    expect((await post('/specimens/echo?', wireSpecimen())).status).toBe(200);
  });

  it('refuses a query string that does not decode of what has a body', async () => {
    const response = await post('/specimens/echo?q=%ff', wireSpecimen());
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'MALFORMED_REQUEST' }]);
  });

  it.each([
    ['broken JSON', '{"kind":', 400, 'MALFORMED_REQUEST'],
    ['a JSON list', '[]', 400, 'INVALID_ARGUMENT'],
    ['JSON null', 'null', 400, 'INVALID_ARGUMENT'],
    ['nothing', '', 400, 'INVALID_ARGUMENT'],
    ['a prototype key', '{"__proto__":{"x":1},"kind":"NOT_FOUND"}', 400, 'INVALID_ARGUMENT'],
    ['an oversized body', JSON.stringify({ kind: 'x'.repeat(11_000) }), 413, 'PAYLOAD_TOO_LARGE'],
  ])('refuses %s', async (_name, body, status, code) => {
    const response = await post('/specimens/fail', body);
    expect([response.status, await response.json()]).toMatchObject([status, { status, code }]);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each(['null', '[]', '"text"', '7', 'true'])(
    'takes no other JSON for an object without members: %s',
    async (body) => {
      const { errors } = (await (await post('/specimens/fail', body)).json()) as { errors: object[] };
      expect(errors).toEqual([expect.objectContaining({ path: '', code: 'invalid_type' })]);
    },
  );

  it('refuses another content type', async () => {
    const response = await post('/specimens/fail', '<kind/>', { 'content-type': 'text/xml' });
    expect([response.status, await response.json()]).toMatchObject([415, { code: 'UNSUPPORTED_MEDIA_TYPE' }]);
  });

  it('distinguishes a wrong method from a wrong path', async () => {
    const method = await fetch(`${url}/specimens/echo`, { method: 'PUT' });
    expect([method.status, method.headers.get('allow'), await method.json()]).toMatchObject([
      405,
      'POST',
      { code: 'METHOD_NOT_ALLOWED' },
    ]);
    const path = await fetch(`${url}/nowhere`);
    expect([path.status, await path.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });

  it('answers OPTIONS with the methods that there are', async () => {
    const options = await fetch(`${url}/specimens/echo`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('lists each allowed method once, and finds no path with an extra slash', async () => {
    const wrong = await fetch(`${url}/specimens/filter`, { method: 'PUT' });
    expect(wrong.headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${url}/specimens/filter/`)).status).toBe(404);
  });

  it.each([
    ['content-encoding', 'gzip'],
    ['content-type', 'application/json; charset=latin1'],
  ])('refuses a body that it would misread: %s %s', async (name, value) => {
    const response = await post('/specimens/fail', { kind: 'NOT_FOUND' }, { [name]: value });
    expect([response.status, await response.json()]).toMatchObject([415, { code: 'UNSUPPORTED_MEDIA_TYPE' }]);
  });

  it.each([
    ['content-encoding', 'identity'],
    ['content-type', 'Application/JSON; Charset="UTF-8"'],
    ['content-type', 'application/json;'],
  ])('reads a body that is what it says: %s %s', async (name, value) => {
    expect((await post('/specimens/fail', { kind: 'NOT_FOUND' }, { [name]: value })).status).toBe(404);
  });

  it.each(['', 'application/json, application/json', 'application/problem+json', 'multipart/form-data; boundary=x'])(
    'reads no body of the type %j',
    async (type) => {
      expect((await post('/specimens/fail', { kind: 'NOT_FOUND' }, { 'content-type': type })).status).toBe(415);
    },
  );

  it('answers a thousand faults with a hundred issues, and cuts what it quotes', async () => {
    const faults = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, 0]));
    const many = (await (await post('/specimens/echo', faults)).json()) as { errors: object[] };
    expect(many.errors).toHaveLength(100);
    const long = await (await post('/specimens/echo', { ['x'.repeat(5_000)]: 0 })).text();
    expect(long).toContain(`Unrecognized key: \\"${'x'.repeat(100)}…`);
    expect(long).not.toContain('x'.repeat(101));
  });

  it('writes the path of an unknown query parameter as a JSON Pointer', async () => {
    const { errors } = (await (await fetch(`${url}/specimens/filter?a/b=1`)).json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path)).toEqual(['/a~1b']);
  });

  it('answers bytes that are no HTTP', async () => {
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"MALFORMED_REQUEST"/);
  });

  it.each([
    ['no Host', 400, 'connection: close'],
    ['an expectation that nobody knows', 417, 'host: x\r\nconnection: close\r\nexpect: miracles'],
  ])('answers a request with %s', async (_what, status, headers) => {
    const answer = await raw(`GET /specimens/filter HTTP/1.1\r\nx-request-id: mine-8\r\n${headers}\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('content-type: application/problem+json\r\n');
    expect(answer).toContain('x-request-id: mine-8\r\n');
    const [, body = ''] = answer.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ status, code: 'MALFORMED_REQUEST', detail: expect.any(String) });
  });

  it('requires no Host in HTTP/1.0', async () => {
    expect(await raw('GET /specimens/filter HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('answers a URL that does not decode', async () => {
    const answer = await raw('GET /specimens/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"MALFORMED_REQUEST"/);
  });

  it.each(['%ff', '%zz', 'a%', '%ED%A0%80'])('refuses a query string that does not decode: %s', async (text) => {
    const response = await fetch(`${url}/specimens/filter?q=${text}`);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'MALFORMED_REQUEST' }]);
  });

  it('takes a replacement character for the text that it is', async () => {
    const label = 'not \ufffd altered';
    const response = await post('/specimens/echo', { ...wireSpecimen(), label });
    expect(await response.json()).toMatchObject({ label });
  });

  it.each([
    ['a URL that does not decode', 'GET /specimens/%zz HTTP/1.1'],
    ['a path segment that is too long', `GET /v2/specimens/${'x'.repeat(501)} HTTP/1.1`],
  ])('answers %s with request id and trace', async (_what, line) => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = `host: x\r\nx-request-id: mine-9\r\ntraceparent: 00-${trace}-00f067aa0ba902b7-01`;
    const answer = await raw(`${line}\r\n${headers}\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(answer).toContain('x-request-id: mine-9\r\n');
    expect(answer).toContain(`"trace_id":"${trace}"`);
  });

  it('answers even bytes that are not HTTP with request id and trace', async () => {
    const answer = await raw('hello\r\n\r\n');
    expect(answer).toMatch(/\r\nx-request-id: [\w-]{30,}\r\n/);
    expect(answer).toMatch(/"trace_id":"[0-9a-f]{32}"/);
  });

  it.each([
    ['members', '{"reason":"x","a/b":1}', ['/reason', '/a~1b']],
    ['a list', '[]', ['']],
    ['a text', '"reason"', ['']],
    ['null', 'null', ['']],
  ])('refuses %s as the body of an operation that takes none', async (_what, body, paths) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/specimens/${crypto.randomUUID()}`, { method: 'DELETE', headers, body });
    const { code, errors } = (await response.json()) as { code: string; errors: { path: string }[] };
    expect([response.status, code, errors.map(({ path }) => path)]).toEqual([400, 'INVALID_ARGUMENT', paths]);
  });

  it.each([
    ['content-length: 2\r\n\r\n{}', 400],
    ['transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', 400],
    ['content-length: 0\r\n\r\n', 200],
  ])('refuses the body of a GET, which nobody reads: %j', async (rest, status) => {
    const answer = await raw(`GET /specimens/filter HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${rest}`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it.each([
    ['no body', ''],
    ['an empty body', 'content-length: 0\r\n'],
    ['an empty body of JSON', 'content-type: application/json\r\ncontent-length: 0\r\n'],
  ])('deletes with %s', async (_what, headers) => {
    const line = `DELETE /specimens/${crypto.randomUUID()} HTTP/1.1`;
    expect(await raw(`${line}\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`)).toMatch(/^HTTP\/1.1 204 /);
  });

  it('deletes with a body that says nothing', async () => {
    const headers = { 'content-type': 'application/json' };
    const path = `${url}/specimens/${crypto.randomUUID()}`;
    expect((await fetch(path, { method: 'DELETE', headers, body: '{}' })).status).toBe(204);
  });

  it('refuses an idempotency key that comes twice, and takes one with a comma', async () => {
    const before = specimens.get(CreateSpecimenHandler).executions;
    const authorization = `authorization: Bearer ${await specimens.token('USER')}`;
    const body = '{"name":"twice"}';
    const head = `POST /specimens HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${authorization}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    const twice = await raw(`${head}\r\nIdempotency-Key: a\r\nidempotency-key: b\r\n\r\n${body}`);
    expect(twice).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"INVALID_ARGUMENT"[\s\S]*Idempotency-Key/);
    expect(specimens.get(CreateSpecimenHandler).executions).toBe(before);
    expect(await raw(`${head}\r\nIdempotency-Key: a, b\r\n\r\n${body}`)).toMatch(/^HTTP\/1.1 201 /);
  });

  it('takes two tokens for one that does not hold', async () => {
    const authorization = `authorization: Bearer ${await specimens.token('USER')}`;
    const head = 'POST /specimens HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json';
    const answer = await raw(
      `${head}\r\ncontent-length: 12\r\n${authorization}\r\n${authorization}\r\n\r\n{"name":"x"}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });

  it('requests credentials where they are missing, wrong or not enough', async () => {
    const none = await post('/specimens', { name: 'x' });
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const wrong = await post('/specimens', { name: 'x' }, { authorization: 'Bearer nonsense' });
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
  });
});

@QueryHandler(GetPromise)
class EmptyHandler {
  /** Breaks its promise: there is no value of the declared shape. */
  async execute() {
    return undefined;
  }
}

it('answers INTERNAL when a handler returns no value of the declared shape, and continues to serve', async () => {
  const application = await createSpecimenApplication({
    modules: [module('promises', { GetPromise })],
    handlers: [EmptyHandler],
    configure: (app) => {
      const operations = app.get(OperationRegistry).served('rest');
      registerRest(app.getHttpAdapter().getInstance(), { pipeline: app.get(Pipeline), operations });
    },
  });
  await application.app.listen(0, '127.0.0.1');
  const promise = `${await application.app.getUrl()}/promises`;
  for (const response of [await fetch(promise), await fetch(promise)]) {
    expect([response.status, await response.json()]).toMatchObject([500, { code: 'INTERNAL' }]);
  }
  await application.close();
});
