import { afterEach, describe, expect, test } from 'vitest';
import { MeasuredPressure } from '../../../src/platform/pressure/measured-pressure.js';
import type { PressureChange } from '../../../src/platform/pressure/pressure-settings.js';
import { eventually } from '../../support/eventually.js';
import { block, busy } from './busy.js';
import { pressureBehaviour } from './pressure.behaviour.js';

const untilRelieved = (pressure: MeasuredPressure) => eventually(() => expect(pressure.excess(0)).toBeUndefined());

pressureBehaviour('the pressure that is measured', (calls) => {
  const pressure = new MeasuredPressure({ calls, eventLoopDelayMs: 20 }, 100);
  return {
    pressure,
    overload: () => busy(60, () => pressure.excess(0) !== undefined),
    relieve: () => untilRelieved(pressure),
    close: () => pressure.onApplicationShutdown(),
  };
});

describe('the pressure on a process', () => {
  let pressure: MeasuredPressure;

  let lines: string[];

  const open = (settings: PressureChange, sampleMs?: number) => {
    lines = [];
    const add = (line: string) => lines.push(line);
    pressure = new MeasuredPressure(settings, sampleMs, { log: add, warn: add });
    return pressure;
  };

  /** The delays of the samples to come. */
  const samples = async (count: number): Promise<number[]> => {
    const delays: number[] = [];
    let last = pressure.reading;
    await eventually(() => {
      if (pressure.reading !== last) delays.push(pressure.reading.eventLoopDelayMs);
      last = pressure.reading;
      expect(delays.length).toBeGreaterThanOrEqual(count);
    });
    return delays;
  };

  afterEach(() => pressure.onApplicationShutdown());

  test('is not too much after one long pause, which is over when it is seen', async () => {
    open({ eventLoopDelayMs: 150 }, 50);
    await samples(1);
    block(400);
    expect(Math.max(...(await samples(2)))).toBeGreaterThan(150);
    expect(lines).toEqual([]);
  });

  test('is too much where the event loop came to nothing else for whole samples', async () => {
    open({ eventLoopDelayMs: 100 }, 20);
    await busy(400, () => pressure.excess(0) === 'event_loop_delay');
  });

  test('is too much where the event loop is hardly ever idle', async () => {
    open({ eventLoopDelayMs: 0, eventLoopUtilization: 0.9 }, 50);
    await busy(5, () => pressure.excess(0) === 'event_loop_utilization');
    await untilRelieved(pressure);
    expect(pressure.reading.eventLoopUtilization).toBeLessThan(0.9);
  });

  test('is too much while the heap is fuller than it may be', async () => {
    open({ heap: 0.000_1 }, 20);
    await eventually(() => expect(pressure.excess(0)).toBe('heap'));
    pressure.update({ heap: 0 });
    await untilRelieved(pressure);
  });

  test('is logged when it begins and when it ends', async () => {
    open({ eventLoopDelayMs: 20 }, 100);
    await busy(60, () => pressure.excess(0) !== undefined);
    await untilRelieved(pressure);
    expect(lines).toEqual([
      'This process refuses calls: event loop delay is over its limit',
      'This process takes all calls again',
    ]);
  });

  test('is never too much where there is no limit', async () => {
    open({ eventLoopDelayMs: 0, calls: 0 }, 20);
    const seen: number[] = [];
    await busy(60, () => seen.push(pressure.reading.eventLoopDelayMs) > 5);
    expect(pressure.excess(1_000_000)).toBeUndefined();
  });

  test('has other limits at run time, those configured again after, and refuses what is no limit', () => {
    open({ calls: 7 });
    pressure.update({ calls: 5 });
    expect(pressure.excess(5)).toBe('calls');
    expect(() => pressure.update({ calls: -1 })).toThrow('calls');
    expect(pressure.excess(5)).toBe('calls');
    pressure.update({});
    expect(pressure.excess(6)).toBeUndefined();
    expect(pressure.excess(7)).toBe('calls');
  });
});
