import { afterEach, describe, expect, test, vi } from 'vitest';
import { Pressure, type PressureChange } from '../../../src/platform/resilience/pressure.js';

let pressure: Pressure;
let running = 0;
const open = (settings: PressureChange) => {
  running = 0;
  pressure = new Pressure(() => running, settings);
  return pressure;
};
afterEach(() => pressure.close());

/** Keeps the event loop busy in pieces of so many milliseconds, until `isEnough`. */
async function busy(pieceMs: number, isEnough: () => boolean): Promise<void> {
  while (!isEnough()) {
    const end = performance.now() + pieceMs;
    while (performance.now() < end);
    await new Promise(setImmediate);
  }
}

describe('a process', () => {
  test('is not overloaded when it has little to do', () => {
    expect(open({}).overloaded()).toBe(false);
  });

  test('is overloaded by more calls at once than it may have, and not after', () => {
    open({ inFlight: 2 });
    running = 2;
    expect(pressure.overloaded()).toBe(true);
    running = 1;
    expect(pressure.overloaded()).toBe(false);
  });

  test('is overloaded while its event loop is late, and not after', async () => {
    open({ eventLoopDelayMs: 20, sampleMs: 100 });
    await busy(60, () => pressure.overloaded());
    expect(pressure.eventLoopDelayMs).toBeGreaterThan(20);
    await vi.waitFor(() => expect(pressure.overloaded()).toBe(false), { timeout: 10_000 });
  });

  test('is overloaded by an event loop that came to nothing else for a whole sample', async () => {
    open({ eventLoopDelayMs: 100, sampleMs: 20 });
    await busy(400, () => pressure.overloaded());
  });

  test('takes other limits at run time, and refuses what is no limit', () => {
    open({});
    running = 5;
    pressure.update({ inFlight: 5 });
    expect(pressure.overloaded()).toBe(true);
    expect(() => pressure.update({ inFlight: 0 })).toThrow('inFlight');
    expect(pressure.overloaded()).toBe(true);
    pressure.update({});
    expect(pressure.overloaded()).toBe(false);
  });
});
