import Fastify from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { Cancelled, RateLimited, RouteNotFound, ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { printFamilies } from '../../../src/platform/observability/metric-family.js';
import { registerCircuitRoutes } from '../../../src/remote/resilience/circuit-routes.js';
import { resilienceFamilies } from '../../../src/remote/resilience/resilience-metrics.js';
import { connections, fails, RemoteService } from './remote-service.js';

let service: RemoteService;
const open = (...hosts: readonly string[]) => {
  service = new RemoteService(hosts);
  return service.resilience;
};
const down = async () => {
  service.on('a', fails());
  await service.calls(5);
};
afterEach(() => service.resilience.onApplicationShutdown());

describe('settings at run time', () => {
  const reported = () => service.log.all.filter((line) => line.endsWith('new resilience settings'));

  test('hold for the next call', async () => {
    const resilience = open('a');
    service.on('a', fails());
    resilience.update({ retry: { attempts: 1 }, breaker: { volume: 2 } });
    await service.calls(2);
    expect(service.asked).toEqual(['a', 'a']);
    expect(service.policy.circuit.state).toBe('OPEN');
  });

  test('go back to what was configured when they are taken back', () => {
    const resilience = open('a');
    resilience.update({ concurrency: 7 });
    expect(service.policy.bulkhead.limit).toBe(7);
    resilience.update({});
    expect(service.policy.bulkhead.limit).toBe(1_000);
    expect(resilience.settings('users').retry.attemptTimeoutMs).toBe(20);
  });

  test('may be of one name, and win over those of all', () => {
    const resilience = open('a');
    const { bulkhead } = resilience.breaker('mail');
    resilience.update({ concurrency: 8 }, 'users');
    resilience.update({ concurrency: 9 });
    expect([service.policy.bulkhead.limit, bulkhead.limit]).toEqual([8, 9]);
    expect(resilience.policy('users', connections()).bulkhead.limit).toBe(8);
  });

  test('that are not valid are refused, and change nothing', () => {
    const resilience = open('a');
    resilience.update({ concurrency: 7 });
    expect(() => resilience.update({ concurrency: 8, retry: { attempts: 0 } })).toThrow('retry');
    expect(resilience.settings('users').concurrency).toBe(7);
  });

  test('are reported', () => {
    const resilience = open('a');
    resilience.policy('users', connections());
    resilience.update({ concurrency: 7 });
    expect(reported()).toEqual(['users: new resilience settings']);
    expect(service.policy.settings.concurrency).toBe(7);
  });

  test('are reported only for those that change', () => {
    const resilience = open('a');
    resilience.policy('users', connections());
    resilience.breaker('mail');
    resilience.update({ concurrency: 7 }, 'mail');
    const before = reported().length;
    resilience.update({ concurrency: 7 });
    resilience.update({ concurrency: 7 });
    resilience.update({ concurrency: 7 }, 'users');
    expect(reported().slice(before)).toEqual(['users: new resilience settings']);
  });
});

describe('a breaker for something outside', () => {
  const outage = async () => Promise.reject(new TypeError('fetch failed'));
  const repeat = async (times: number, work: () => Promise<unknown>) => {
    for (let time = 0; time < times; time++)
      await service.resilience
        .breaker('mail')
        .run(work)
        .catch(() => undefined);
  };

  test('is one per name', () => {
    const resilience = open();
    expect(resilience.breaker('mail')).toBe(resilience.breaker('mail'));
  });

  test('opens when it does not answer, and refuses then', async () => {
    const { circuit } = open().breaker('mail');
    await repeat(5, outage);
    expect(circuit.state).toBe('OPEN');
    await expect(service.resilience.breaker('mail').run(async () => 'value')).rejects.toThrow(ServiceUnavailable);
  });

  test('takes a failure of another kind for an answer', async () => {
    const { circuit } = open().breaker('mail');
    await repeat(20, async () => Promise.reject(new RateLimited()));
    expect(circuit.state).toBe('CLOSED');
  });

  test('ends work that takes too long, and reports it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => resolve());
      return new Promise<never>(() => undefined);
    };
    await expect(open().breaker('mail').run(work, { timeoutMs: 5 })).rejects.toThrow('The deadline has passed');
    await promise;
  });

  test('does not count a caller that went away', async () => {
    const signal = AbortSignal.abort(new Cancelled());
    const breaker = open().breaker('mail');
    for (let time = 0; time < 20; time++) await breaker.run(outage, { signal }).catch(() => undefined);
    expect(breaker.circuit.state).toBe('CLOSED');
  });

  test('passes the value on, and an error that is thrown before there is a promise', async () => {
    const breaker = open().breaker('mail');
    expect(await breaker.run(async () => 'value')).toBe('value');
    const broken = () => {
      throw new Error('broken');
    };
    await expect(breaker.run(broken)).rejects.toThrow('broken');
  });
});

describe('what others see of it', () => {
  const routes = () => {
    const fastify = Fastify();
    fastify.setErrorHandler((error, _request, reply) => reply.code(error instanceof RouteNotFound ? 404 : 500).send());
    registerCircuitRoutes(fastify, service.resilience);
    return fastify;
  };

  test('every circuit at /health/circuit, one at /health/circuit/:name', async () => {
    open('a').breaker('mail');
    await down();
    const fastify = routes();
    const all = (await fastify.inject('/health/circuit')).json();
    expect(all.circuits).toMatchObject([
      { name: 'users', state: 'OPEN', failures: 5, openings: 1, instances: { known: 1, ejected: 0 } },
      { name: 'mail', state: 'CLOSED' },
    ]);
    const { changed_at, ...one } = (await fastify.inject('/health/circuit/mail')).json();
    expect(one).toEqual({ name: 'mail', state: 'CLOSED', successes: 0, failures: 0, rejected: 0, openings: 0 });
    expect(changed_at).toMatch(/^\d{4}-.*Z$/);
  });

  test('nothing at a name that is not there', async () => {
    open();
    expect((await routes().inject('/health/circuit/users')).statusCode).toBe(404);
  });

  test('metrics of circuits, retries, instances and bulkheads', async () => {
    open('a');
    await down();
    await service.calls(2);
    const text = printFamilies(resilienceFamilies(service.resilience));
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        '# TYPE circuit_state gauge',
        'circuit_state{circuit="users"} 2',
        'circuit_transitions_total{circuit="users",to="OPEN"} 1',
        'circuit_transitions_total{circuit="users",to="CLOSED"} 0',
        'circuit_calls_total{circuit="users",outcome="failure"} 5',
        'circuit_calls_total{circuit="users",outcome="rejected"} 2',
        'remote_calls_total{service="users"} 5',
        'remote_retries_total{service="users"} 10',
        'remote_instances{service="users"} 1',
        'remote_ejected_instances{service="users"} 0',
        expect.stringMatching(/^remote_retry_budget\{service="users"\} \d+$/),
        'bulkhead_running{name="users"} 0',
        'bulkhead_limit{name="users"} 1000',
      ]),
    );
    expect(text.endsWith('\n')).toBe(true);
  });

  test('no metrics where nothing is called', () => {
    expect(printFamilies(resilienceFamilies(open()))).toBe('');
  });

  test('names that would break the format are escaped', () => {
    open().breaker('a "b"\\\n');
    expect(printFamilies(resilienceFamilies(service.resilience))).toContain(
      'circuit_state{circuit="a \\"b\\"\\\\\\n"} 0',
    );
  });

  test('a line in the log for every change of state', async () => {
    open('a', 'b');
    service.on('a', fails()).on('b', fails());
    await service.calls(5);
    service.resilience.update({ concurrency: 7 });
    expect(service.log.all).toEqual(
      expect.arrayContaining([
        'users: a:50051, b:50051',
        'users: a:50051 gets no calls for 30 s',
        'users: a:50051 gets calls again',
        'Circuit users: CLOSED -> OPEN',
        'users: new resilience settings',
      ]),
    );
  });
});
