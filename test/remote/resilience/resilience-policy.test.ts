import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  Cancelled,
  DeadlineExceeded,
  IdempotencyKeyInUse,
  RateLimited,
  ServiceUnavailable,
} from '../../../src/contract/built-in-failures.js';
import type { FailureOptions } from '../../../src/contract/failure.js';
import type { ResilienceChange } from '../../../src/platform/dynamic/resilience-settings.js';
import { eventually } from '../../support/eventually.js';
import { caller, connections, fails, hangs, RemoteService, serves } from './remote-service.js';

const pushback = (options?: FailureOptions) => new ServiceUnavailable({ retryAfterSeconds: 1, ...options });

/** The connections of a service that has lost its other instances. */
const onlyB = connections(({ id }) => id === 'b:50051');

let service: RemoteService;
const serviceOn = (hosts: readonly string[], change?: ResilienceChange) => {
  service = new RemoteService(hosts, change);
  return service;
};
afterEach(() => {
  vi.useRealTimers();
  return service.resilience.onApplicationShutdown();
});

describe('a call to a remote service', () => {
  test('goes to the instances in turn', async () => {
    expect(await serviceOn(['a', 'b']).calls(3)).toEqual(['a:50051', 'b:50051', 'a:50051']);
  });

  test('fails without naming the service where no instance is known', async () => {
    const error = await serviceOn([])
      .call()
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: 'Nobody is there to answer this at the moment',
      cause: new Error('no instance of users is known'),
    });
  });

  test('that fails otherwise than by an outage is not repeated', async () => {
    const refusing = serviceOn(['a', 'b']).on(
      'a',
      fails(() => new RateLimited()),
    );
    await expect(refusing.call()).rejects.toThrow(RateLimited);
    expect(refusing.asked).toEqual(['a']);
  });

  test('leaves out what is not reachable', async () => {
    const { resilience } = serviceOn(['a', 'b']);
    resilience.policy('users', onlyB);
    expect(await service.calls(2)).toEqual(['b:50051', 'b:50051']);
  });
});

describe('a retry', () => {
  test('calls another instance', async () => {
    const half = serviceOn(['a', 'b']).on('a', fails());
    expect(await half.call()).toBe('b:50051');
    expect(half.asked).toEqual(['a', 'b']);
  });

  test('is the third attempt at most', async () => {
    const down = serviceOn(['a']).on('a', fails());
    await expect(down.call()).rejects.toThrow(ServiceUnavailable);
    expect(down.asked).toEqual(['a', 'a', 'a']);
  });

  test('is not made for what must not run twice', async () => {
    const half = serviceOn(['a', 'b']).on('a', fails());
    await expect(half.call({ isSafe: false })).rejects.toThrow(ServiceUnavailable);
    expect(half.asked).toEqual(['a']);
  });

  test('is made for anything that was not sent', async () => {
    const half = serviceOn(['a', 'b']).on(
      'a',
      fails(() => new ServiceUnavailable({ retry: 'always' })),
    );
    expect(await half.call({ isSafe: false })).toBe('b:50051');
  });

  test('prefers an unreachable instance to one that has refused the call', async () => {
    const rolling = serviceOn(['a', 'b']).on(
      'b',
      fails(() => new ServiceUnavailable({ retry: 'always' })),
    );
    rolling.resilience.policy('users', onlyB);
    expect(await rolling.call({ isSafe: false })).toBe('a:50051');
    expect(rolling.asked).toEqual(['b', 'a']);
  });

  test('is made again while the attempt before, given up, still has the key of the command', async () => {
    const half = serviceOn(['a', 'b']).on('a', hangs);
    let refusals = 0;
    half.on('b', async (instance, attempt) => {
      if (++refusals > 4) return serves(instance, attempt);
      throw new IdempotencyKeyInUse();
    });
    expect(await half.call()).toBe('b:50051');
    expect(refusals).toBe(5);
  });

  test('is not made while another caller has the key', async () => {
    const busy = serviceOn(['a', 'b']).on(
      'a',
      fails(() => new IdempotencyKeyInUse()),
    );
    await expect(busy.call()).rejects.toThrow(IdempotencyKeyInUse);
    expect(busy.asked).toEqual(['a']);
  });

  test('is not made where the failure was retried further down', async () => {
    const half = serviceOn(['a', 'b']).on(
      'a',
      fails(() => new ServiceUnavailable({ retry: 'never' })),
    );
    await expect(half.call()).rejects.toThrow(ServiceUnavailable);
    expect(half.asked).toEqual(['a']);
  });

  test('waits as long as the only instance requested', async () => {
    const busy = serviceOn(['a']).on(
      'a',
      fails(() => pushback()),
    );
    vi.useFakeTimers();
    const result = busy.call();
    await vi.advanceTimersByTimeAsync(999);
    expect(busy.asked).toEqual(['a']);
    busy.on('a', serves);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toBe('a:50051');
  });

  test('does not wait for the pause of one instance if there is another one', async () => {
    const half = serviceOn(['a', 'b']).on(
      'a',
      fails(() => pushback({ retryAfterSeconds: 3_600 })),
    );
    expect(await half.call()).toBe('b:50051');
  });

  test('does not wait where nothing was sent', async () => {
    const gone = serviceOn(['a']).on(
      'a',
      fails(() => pushback({ retry: 'always', retryAfterSeconds: 3_600 })),
    );
    await expect(gone.call()).rejects.toThrow(ServiceUnavailable);
    expect(gone.asked).toEqual(['a', 'a', 'a']);
  });

  test('does not wait if no pause was requested', async () => {
    const cut = serviceOn(['a']).on('a', fails());
    vi.useFakeTimers();
    const failure = expect(cut.call()).rejects.toThrow(ServiceUnavailable);
    await vi.advanceTimersByTimeAsync(100);
    await failure;
    expect(cut.asked).toEqual(['a', 'a', 'a']);
  });

  test('is not made if the requested pause is longer than the time left', async () => {
    const busy = serviceOn(['a']).on(
      'a',
      fails(() => pushback({ retryAfterSeconds: 3_600 })),
    );
    await expect(busy.call()).rejects.toThrow(ServiceUnavailable);
    expect(busy.asked).toEqual(['a']);
  });

  test('is not made once the budget is spent', async () => {
    const change = { budget: { ratio: 0, perSecond: 1 }, breaker: { volume: 1_000 } };
    const down = serviceOn(['a']).on('a', fails());
    down.resilience.update(change);
    await down.calls(30);
    expect(down.asked).toHaveLength(30 + 10);
    expect(down.policy.counts).toEqual({ calls: 30, retries: 10, retriesRefused: 25, givenUp: 0 });
  });

  test('marks the failure that it could not avert', async () => {
    const down = serviceOn(['a']).on('a', fails());
    const error = await down.call().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ retry: 'never' });
  });
});

describe('an instance that hangs', () => {
  test('is given up for another one', async () => {
    const half = serviceOn(['a', 'b']).on('a', hangs);
    expect(await half.call()).toBe('b:50051');
    expect(half.policy.counts).toMatchObject({ retries: 1, givenUp: 1 });
  });

  test('is cancelled when its answer is no longer needed', async () => {
    const cancelled = Promise.withResolvers<void>();
    const half = serviceOn(['a', 'b']).on('a', (instance, attempt) => {
      attempt.onEnd(() => cancelled.resolve());
      return hangs(instance, attempt);
    });
    await half.call();
    await cancelled.promise;
  });

  test('is waited for where there is no other, until the deadline', async () => {
    const hung = serviceOn(['a']).on('a', hangs);
    await expect(hung.call({ timeoutMs: 60 })).rejects.toThrow(DeadlineExceeded);
    expect(hung.asked).toEqual(['a']);
  });

  test('is waited for where the call must not run twice', async () => {
    const half = serviceOn(['a', 'b']).on('a', hangs);
    await expect(half.call({ timeoutMs: 60, isSafe: false })).rejects.toThrow(DeadlineExceeded);
  });

  test('is waited for where the budget is spent', async () => {
    const half = serviceOn(['a', 'b'], { budget: { ratio: 0, perSecond: 0 } }).on('a', hangs);
    await expect(half.call({ timeoutMs: 60 })).rejects.toThrow(DeadlineExceeded);
    expect(half.policy.counts).toMatchObject({ retriesRefused: 1, givenUp: 0 });
  });

  test('holds a call no longer than the setting, whatever its caller would wait', async () => {
    const hung = serviceOn(['a'], { timeoutMs: 30 }).on('a', hangs);
    await expect(hung.call()).rejects.toThrow(DeadlineExceeded);
  });

  test('is ejected after five calls, and the others answer at once', async () => {
    const half = serviceOn(['a', 'b']).on('a', hangs);
    await half.calls(10);
    expect(half.log.all).toEqual(['users: a:50051, b:50051', 'users: a:50051 gets no calls for 30 s']);
    half.asked.length = 0;
    expect(await half.calls(4)).toEqual(Array.from({ length: 4 }, () => 'b:50051'));
    expect(half.asked).toEqual(['b', 'b', 'b', 'b']);
    expect(half.policy.instances).toEqual({ known: 2, ejected: 1 });
  });
});

describe('a caller', () => {
  test('that goes away ends the call and its work', async () => {
    const { lifetime, leave } = caller();
    const cancelled = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<void>();
    const hung = serviceOn(['a']).on('a', (instance, attempt) => {
      attempt.onEnd(cancelled.resolve);
      begun.resolve();
      return hangs(instance, attempt);
    });
    const result = hung.call({ lifetime }).catch((error: unknown) => error);
    await begun.promise;
    leave();
    expect(await result).toBeInstanceOf(Cancelled);
    expect(await cancelled.promise).toBeInstanceOf(Cancelled);
    expect(hung.policy.bulkhead.running).toBe(0);
  });

  test('that goes away between two attempts ends the call', async () => {
    const { lifetime, leave } = caller();
    const half = serviceOn(['a', 'b']).on('a', async () => {
      setImmediate(leave);
      throw new ServiceUnavailable({ retryAfterSeconds: 3 });
    });
    await expect(half.call({ lifetime })).rejects.toThrow(Cancelled);
    expect(half.asked).toEqual(['a']);
  });

  test('that is gone already causes no work', async () => {
    const { lifetime, leave } = caller();
    leave();
    await expect(serviceOn(['a']).call({ lifetime })).rejects.toThrow(Cancelled);
    expect(service.asked).toEqual([]);
  });

  test('that makes thousands of calls, one after the other, can still go away', async () => {
    const { lifetime, leave } = caller();
    const alone = serviceOn(['a']);
    for (let count = 0; count < 20_000; count++) await alone.call({ lifetime });
    alone.on('a', hangs);
    const result = alone.call({ lifetime });
    leave();
    await expect(result).rejects.toThrow(Cancelled);
  });

  test('that goes away says nothing about the service', async () => {
    const { lifetime, leave } = caller();
    leave();
    await serviceOn(['a', 'b']).calls(50, { lifetime });
    expect(service.policy.circuit.state).toBe('CLOSED');
    expect(service.policy.instances.ejected).toBe(0);
  });

  test('with less time than is fair says nothing about the service', async () => {
    const hung = serviceOn(['a', 'b'], { fairMs: 500 }).on('a', hangs).on('b', hangs);
    await hung.calls(20, { timeoutMs: 2 });
    expect(hung.policy.circuit.state).toBe('CLOSED');
    expect(hung.policy.instances.ejected).toBe(0);
  });
});

describe('a service that is down', () => {
  test('is not called any more, and callers fail at once', async () => {
    const down = serviceOn(['a', 'b']).on('a', fails()).on('b', fails());
    await down.calls(5);
    down.asked.length = 0;
    const [error] = await down.calls(1);
    expect(error).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: 'What this needs does not answer at the moment',
      cause: new Error('the circuit users is open'),
    });
    expect(error).toMatchObject({ retry: 'never' });
    expect(down.asked).toEqual([]);
    expect(down.log.all.filter((line) => line.startsWith('Circuit'))).toEqual(['Circuit users: CLOSED -> OPEN']);
  });

  test('is found again when it answers', async () => {
    const down = serviceOn(['a'], { breaker: { resetMs: 20 } }).on('a', fails());
    await down.calls(5);
    down.on('a', async () => 'back');
    await eventually(async () => expect(await down.call()).toBe('back'));
    expect(down.policy.circuit.state).toBe('CLOSED');
  });

  test('is not one that misses another service', async () => {
    const alive = serviceOn(['a', 'b'])
      .on(
        'a',
        fails(() => new ServiceUnavailable({ retry: 'never' })),
      )
      .on(
        'b',
        fails(() => new ServiceUnavailable({ retry: 'never' })),
      );
    await alive.calls(50);
    expect(alive.policy.circuit.state).toBe('CLOSED');
    expect(alive.policy.instances.ejected).toBe(0);
  });

  test('gets no more than 1.2 times the calls and 10/s from retries', async () => {
    const down = serviceOn(['a', 'b'], { breaker: { volume: 10_000, failurePercent: 100 } })
      .on('a', fails())
      .on('b', fails());
    await Promise.all(Array.from({ length: 900 }, () => down.call().catch(() => undefined)));
    expect(down.asked.length).toBeLessThanOrEqual(900 * 1.2 + 100);
  });
});

test('more calls than the limit are refused at once', async () => {
  const hung = serviceOn(['a'], { concurrency: 2 }).on('a', hangs);
  const { lifetime, leave } = caller();
  const running = [hung.call({ lifetime }), hung.call({ lifetime })].map((call) =>
    call.catch((error: unknown) => error),
  );
  await expect(hung.call()).rejects.toThrow('Too many calls of this kind are under way');
  expect(hung.policy.bulkhead).toMatchObject({ running: 2, refused: 1 });
  leave();
  await Promise.all(running);
  expect(hung.policy.circuit.state).toBe('CLOSED');
  hung.on('a', async () => 'free');
  expect(await hung.call()).toBe('free');
});
