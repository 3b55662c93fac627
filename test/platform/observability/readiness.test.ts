import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { type HealthCheck, Readiness, registerHealth } from '../../../src/platform/observability/readiness.js';

const up: HealthCheck = { name: 'database', check: async () => undefined };
const down: HealthCheck = { name: 'redis', check: async () => Promise.reject(new Error('connection refused')) };

async function served(readiness: Readiness) {
  const fastify = Fastify();
  registerHealth(fastify, readiness, 'monolith');
  const get = async (path: string) => {
    const response = await fastify.inject(path);
    return { status: response.statusCode, body: response.json() };
  };
  return get;
}

describe('health', () => {
  it('is ready while every dependency answers', async () => {
    const get = await served(new Readiness([up]));
    expect(await get('/health/ready')).toEqual({ status: 200, body: { status: 'UP' } });
    expect(await get('/health')).toMatchObject({
      status: 200,
      body: { status: 'UP', service: 'monolith', draining: false, checks: [{ name: 'database', status: 'UP' }] },
    });
  });

  it('names the dependency that does not answer, and stays alive', async () => {
    const get = await served(new Readiness([up, down]));
    expect((await get('/health/ready')).status).toBe(503);
    expect((await get('/health')).body.checks).toContainEqual({
      name: 'redis',
      status: 'DOWN',
      error: 'connection refused',
    });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('does not wait for ever for one', async () => {
    const hung: HealthCheck = { name: 'database', check: () => new Promise(() => undefined) };
    const get = await served(new Readiness([hung], 20));
    expect((await get('/health')).body.checks).toEqual([
      { name: 'database', status: 'DOWN', error: 'no answer in 20 ms' },
    ]);
  });

  it('is not ready any more once the process drains', async () => {
    const readiness = new Readiness([up]);
    const get = await served(readiness);
    readiness.draining = true;
    expect((await get('/health/ready')).status).toBe(503);
    expect((await get('/health/live')).status).toBe(200);
  });
});
