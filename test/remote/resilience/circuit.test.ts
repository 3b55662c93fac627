import { afterEach, describe, expect, test, vi } from 'vitest';
import { ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { Circuit, type Verdict } from '../../../src/remote/resilience/circuit.js';

const settings = { failurePercent: 50, windowMs: 2_000, volume: 5, resetMs: 1_000 };

class Fault extends Error {
  constructor(readonly verdict: Verdict) {
    super(verdict);
  }
}

const judge = (error: unknown): Verdict => (error instanceof Fault ? error.verdict : 'failure');

function circuitWith(changes: Partial<typeof settings> = {}) {
  const changesSeen: string[] = [];
  const circuit = new Circuit('user-service', { ...settings, ...changes }, (from, to) =>
    changesSeen.push(`${from} -> ${to}`),
  );
  const end = async (verdict?: Verdict) => {
    const work = async () => {
      if (verdict) throw new Fault(verdict);
      return 'value';
    };
    return circuit.run(work, judge).catch((error: unknown) => error);
  };
  const repeat = async (times: number, verdict?: Verdict) => {
    for (let time = 0; time < times; time++) await end(verdict);
  };
  return { circuit, changesSeen, end, repeat };
}

/** Work that ends on demand. */
function pending(circuit: Circuit) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const result = circuit.run(() => promise, judge).catch((error: unknown) => error);
  return {
    succeed: () => {
      resolve('value');
      return result;
    },
    fail: (verdict: Verdict) => {
      reject(new Fault(verdict));
      return result;
    },
  };
}

describe('a circuit', () => {
  vi.useFakeTimers();
  afterEach(() => vi.clearAllTimers());

  test('passes values and errors through while it is closed', async () => {
    const { circuit, end } = circuitWith();
    expect(await end()).toBe('value');
    expect(await end('answer')).toBeInstanceOf(Fault);
    expect(circuit.state).toBe('CLOSED');
  });

  test('opens after five failures in a row where there is little else', async () => {
    const { circuit, repeat } = circuitWith();
    await repeat(4, 'failure');
    expect(circuit.state).toBe('CLOSED');
    await repeat(1, 'failure');
    expect(circuit.state).toBe('OPEN');
  });

  test('opens after five failures that came far apart', async () => {
    const { circuit, repeat } = circuitWith();
    for (let time = 0; time < 5; time++) {
      await repeat(1, 'failure');
      vi.advanceTimersByTime(60_000);
    }
    expect(circuit.transitions.OPEN).toBe(1);
  });

  test('opens within 2 s of a busy dependency failing, however many calls succeeded before', async () => {
    const { circuit, repeat } = circuitWith();
    for (let tenth = 0; tenth < 100; tenth++) {
      await repeat(50);
      vi.advanceTimersByTime(100);
    }
    for (let tenth = 0; tenth < 20 && circuit.state === 'CLOSED'; tenth++) {
      await repeat(50, 'failure');
      vi.advanceTimersByTime(100);
    }
    expect(circuit.state).not.toBe('CLOSED');
  });

  test('opens half a second after the first of many calls to a dependency that hangs has timed out', async () => {
    const { circuit } = circuitWith();
    const waiting: ReturnType<typeof pending>[] = [];
    for (let ms = 0; ms < 1_600; ms += 10) {
      waiting.push(pending(circuit));
      if (ms >= 1_000) await waiting[(ms - 1_000) / 10]?.fail('failure');
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(circuit.state).toBe('OPEN');
  });

  test('stays closed where quick failures come before the first slow success', async () => {
    const { circuit, end } = circuitWith();
    const slow = Array.from({ length: 40 }, () => pending(circuit));
    for (let time = 0; time < 10; time++) {
      await end('failure');
      await vi.advanceTimersByTimeAsync(10);
    }
    for (const call of slow) await call.succeed();
    expect(circuit.state).toBe('CLOSED');
  });

  test('stays closed while most calls succeed', async () => {
    const { circuit, repeat } = circuitWith();
    for (let round = 0; round < 50; round++) {
      await repeat(5);
      await repeat(4, 'failure');
    }
    expect(circuit.state).toBe('CLOSED');
  });

  test('counts neither answers nor cancelled calls as failures', async () => {
    const { circuit, repeat } = circuitWith();
    await repeat(50, 'answer');
    await repeat(50, 'neutral');
    expect(circuit.state).toBe('CLOSED');
  });

  test('refuses at once while it is open, and says when to come again', async () => {
    const { circuit, end, repeat } = circuitWith();
    await repeat(5, 'failure');
    const work = vi.fn(async () => 'value');
    await expect(circuit.run(work, judge)).rejects.toThrow(ServiceUnavailable);
    expect(await end()).toMatchObject({
      retryAfterSeconds: 1,
      message: 'What this needs does not answer at the moment',
    });
    expect(work).not.toHaveBeenCalled();
    expect(circuit.counts).toEqual({ successes: 0, failures: 5, rejected: 2 });
    expect(circuit.transitions.OPEN).toBe(1);
  });

  test('lets one call through after a second, and closes when that succeeds', async () => {
    const { circuit, changesSeen, end, repeat } = circuitWith();
    await repeat(5, 'failure');
    vi.advanceTimersByTime(1_000);
    expect(circuit.state).toBe('HALF_OPEN');
    const probe = pending(circuit);
    expect(await end()).toBeInstanceOf(ServiceUnavailable);
    expect(await probe.succeed()).toBe('value');
    expect(circuit.state).toBe('CLOSED');
    expect(await end()).toBe('value');
    expect(changesSeen).toEqual(['CLOSED -> OPEN', 'OPEN -> HALF_OPEN', 'HALF_OPEN -> CLOSED']);
  });

  test.each(['failure', 'neutral'] as const)('opens again when that one ends with a %s', async (verdict) => {
    const { circuit, end, repeat } = circuitWith();
    await repeat(5, 'failure');
    vi.advanceTimersByTime(1_000);
    await end(verdict);
    expect(circuit.state).toBe('OPEN');
    vi.advanceTimersByTime(1_000);
    expect(circuit.state).toBe('HALF_OPEN');
  });

  test('closes when that one is answered, whatever the answer', async () => {
    const { circuit, end, repeat } = circuitWith();
    await repeat(5, 'failure');
    vi.advanceTimersByTime(1_000);
    await end('answer');
    expect(circuit.state).toBe('CLOSED');
  });

  test.each([
    ['succeeds', undefined, 'CLOSED'],
    ['is answered', 'answer', 'CLOSED'],
    ['fails', 'failure', 'HALF_OPEN'],
  ] as const)(
    'asks again each second while that one hangs; one that %s leaves it as it should',
    async (_, verdict, state) => {
      const { circuit, end, repeat } = circuitWith();
      await repeat(5, 'failure');
      vi.advanceTimersByTime(1_000);
      const hung = pending(circuit);
      expect(await end(verdict)).toBeInstanceOf(ServiceUnavailable);
      vi.advanceTimersByTime(1_000);
      await end(verdict);
      expect(circuit.state).toBe(state);
      expect(await end()).toEqual(state === 'CLOSED' ? 'value' : expect.any(ServiceUnavailable));
      await hung.fail('failure');
      expect(circuit.state).toBe(state === 'CLOSED' ? 'CLOSED' : 'OPEN');
    },
  );

  test('does not open again for calls that hung through the outage', async () => {
    const { circuit, end, repeat } = circuitWith();
    const hung = Array.from({ length: 50 }, () => pending(circuit));
    for (const call of hung.slice(0, 40)) await call.fail('failure');
    expect(circuit.state).toBe('OPEN');
    vi.advanceTimersByTime(1_000);
    expect(await end()).toBe('value');
    for (const call of hung.slice(40)) await call.fail('failure');
    await repeat(1);
    expect(circuit.state).toBe('CLOSED');
  });

  test('takes new settings without being closed by them', async () => {
    const { circuit, repeat } = circuitWith();
    await repeat(4, 'failure');
    circuit.update({ ...settings, volume: 3, resetMs: 5_000 });
    await repeat(3, 'failure');
    expect(circuit.state).toBe('OPEN');
    circuit.update({ ...settings, resetMs: 20_000 });
    vi.advanceTimersByTime(5_000);
    expect(circuit.state).toBe('OPEN');
    vi.advanceTimersByTime(15_000);
    expect(circuit.state).toBe('HALF_OPEN');
  });

  test('keeps its counts when the settings are the same', async () => {
    const { circuit, repeat } = circuitWith();
    await repeat(4, 'failure');
    circuit.update({ ...settings });
    await repeat(1, 'failure');
    expect(circuit.state).toBe('OPEN');
  });
});
