import { afterEach, describe, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import type { Pressure } from '../../../src/pipeline/pressure.js';

export interface OpenedPressure {
  readonly pressure: Pressure;
  /** Brings about, or ends, too much delay of the event loop. */
  overload(): Promise<void>;
  relieve(): Promise<void>;
  close(): void;
}

/** `most`: the limit of calls under way. */
export function pressureBehaviour(name: string, open: (most: number) => OpenedPressure): void {
  describe(name, () => {
    let opened: OpenedPressure;
    afterEach(() => opened.close());

    test('speaks against nothing where there is little to do', () => {
      opened = open(3);
      expect(opened.pressure.excess(2)).toBeUndefined();
    });

    test('speaks against one more call than there may be at once', () => {
      opened = open(3);
      expect(opened.pressure.excess(3)).toBe('calls');
    });

    test('speaks against every call while there is too much to do, and not after', async () => {
      opened = open(3);
      await opened.overload();
      expect(opened.pressure.excess(0)).toBe('event_loop_delay');
      await opened.relieve();
      expect(opened.pressure.excess(0)).toBeUndefined();
    });

    test('counts what it refuses, and says when to come again', () => {
      opened = open(3);
      const { pressure } = opened;
      const refused = pressure.refuse('heap');
      expect(refused).toBeInstanceOf(ServiceUnavailable);
      expect(refused.retryAfterSeconds).toBe(1);
      expect(pressure.refused).toEqual({ event_loop_delay: 0, event_loop_utilization: 0, heap: 1, calls: 0 });
    });
  });
}
