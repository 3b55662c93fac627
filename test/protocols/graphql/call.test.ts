import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryRateLimiter } from '../../../src/platform/cache/memory-rate-limiter.js';
import { CreateSpecimenHandler, WaitForSpecimenHandler } from '../../fixtures/specimens/specimens.handlers.js';
import { createSpecimenGraphql, type SpecimenGraphql } from './specimen-graphql.js';

let app: SpecimenGraphql;

beforeAll(async () => {
  app = await createSpecimenGraphql();
});

afterAll(() => app.close());

const trace = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${trace}-b7ad6b7169203331-01`;

describe('the headers of a request', () => {
  it('give it its id, which is echoed', async () => {
    const { headers } = await app.send('{ specimens { id } }', {}, { 'x-request-id': 'abc-1' });
    expect(headers.get('x-request-id')).toBe('abc-1');
  });

  it('need not give an id', async () => {
    expect((await app.send('{ specimens { id } }')).headers.get('x-request-id')).toMatch(/./);
    expect((await app.send('{ nothing }')).headers.get('x-request-id')).toMatch(/./);
  });

  it('continue a trace, in every field', async () => {
    const query = '{ a: filterSpecimens(page: 0) { page } b: filterSpecimens(page: 0) { page } }';
    const { errors } = await app.send(query, {}, { traceparent });
    expect(errors.map((error) => error.extensions.trace_id)).toEqual([trace, trace]);
    const refused = await app.send('{ nothing }', {}, { traceparent });
    expect(refused.errors[0]?.extensions.trace_id).toBe(trace);
  });

  it('give fields of one request one trace when they bring none', async () => {
    const query = '{ a: filterSpecimens(page: 0) { page } b: filterSpecimens(page: 0) { page } }';
    const [a, b] = (await app.send(query)).errors;
    expect(a?.extensions.trace_id).toBe(b?.extensions.trace_id);
  });

  it('set a deadline', async () => {
    const { codes } = await app.send('{ waitForSpecimen { waited } }', {}, { 'x-request-timeout-ms': '30' });
    expect(codes).toEqual(['DEADLINE_EXCEEDED']);
  });

  it.each(['0', '-1', '1.5', 'soon'])('set none that is none: "%s"', async (timeout) => {
    const { codes } = await app.send('{ filterSpecimens { page } }', {}, { 'x-request-timeout-ms': timeout });
    expect(codes).toEqual([]);
  });

  it('sign the caller in, and make a command safe to repeat', async () => {
    const headers = { authorization: `Bearer ${await app.token('USER')}`, 'idempotency-key': 'once' };
    const create = () => app.send('mutation { createSpecimen(name: "only") { id execution } }', {}, headers);
    const first = await create();
    expect(first.errors).toEqual([]);
    expect((await create()).data).toEqual(first.data);
    expect(app.get(CreateSpecimenHandler).executions).toBe(1);
    const other = await app.send('mutation { createSpecimen(name: "other") { id } }', {}, headers);
    expect(other.codes).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('a caller who disconnects', () => {
  it('ends the work', async () => {
    const handler = app.get(WaitForSpecimenHandler);
    const before = handler.stopped;
    const controller = new AbortController();
    const asked = fetch(app.url, {
      method: 'POST',
      signal: controller.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ waitForSpecimen { waited } }' }),
    });
    await app.send('{ specimens { id } }');
    controller.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => handler.stopped).toBe(before + 1);
  });
});

describe('the quota of a caller', () => {
  it('is in the headers, that of the field with the least left, and when it is used up with the time to wait', async () => {
    const limits = {
      enabled: true,
      address: { quota: 100, windowSeconds: 60 },
      caller: { quota: 50, windowSeconds: 60 },
      operations: { 'specimens.listSpecimens': { quota: 2, windowSeconds: 60 } },
    };
    const limited = await createSpecimenGraphql({}, { rateLimiter: new MemoryRateLimiter(), pipeline: { limits } });
    const both = '{ specimens { id } filterSpecimens { page } }';
    const { headers } = await limited.send(both);
    expect(headers.get('ratelimit-policy')).toBe('"specimens.listSpecimens";q=2;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"specimens.listSpecimens";r=1;t=\d+$/);
    await limited.send(both);
    const refused = await limited.send(both);
    expect(refused.codes).toEqual(['RATE_LIMITED']);
    expect(refused.data).toEqual({ specimens: null, filterSpecimens: { page: 1 } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await limited.close();
  });
});
