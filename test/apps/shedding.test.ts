import { Client, credentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { type LoneGateway, startLoneGateway } from '../support/lone-gateway.js';

/** Of grpc.health.v1.HealthCheckResponse: SERVING. */
const serving = Buffer.from([0x08, 0x01]);
const same = (bytes: Buffer): Buffer => bytes;

function grpcHealth(address: string): Promise<Buffer | undefined> {
  const client = new Client(address, credentials.createInsecure());
  return new Promise<Buffer | undefined>((resolve, reject) => {
    client.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, Buffer.alloc(0), (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  }).finally(() => client.close());
}

describe('a process whose heap is fuller than SHED_HEAP allows', () => {
  let gateway: LoneGateway;

  const get = (path: string) => fetch(`${gateway.addresses.http}${path}`);
  const signIn = () =>
    fetch(`${gateway.addresses.http}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'password123' }),
    });

  beforeAll(async () => {
    gateway = await startLoneGateway({ SHED_HEAP: '0.0001' });
    const full = async () => expect(await (await get('/metrics')).text()).toContain('load_shedding{reason="heap"} 1');
    await eventually(full);
  });

  afterAll(() => gateway.application.stop());

  test('refuses calls and says so at /metrics', async () => {
    const answer = await signIn();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      detail: 'This process has too much to do',
    });
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/^load_shed_calls_total\{reason="heap"\} [1-9]/m);
    expect(metrics).toMatch(
      /^operation_calls_total\{operation="auth.login",protocol="rest",outcome="SERVICE_UNAVAILABLE"\} [1-9]/m,
    );
  });

  test.each(['/health/live', '/health/ready', '/health', '/health/circuit', '/metrics', '/openapi.json'])(
    'still answers %s',
    async (path) => {
      expect((await get(path)).status).toBe(200);
    },
  );

  test('still answers grpc.health.v1', async () => {
    expect(await grpcHealth(gateway.addresses.grpc ?? '')).toEqual(serving);
  });
});
