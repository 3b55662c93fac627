import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CallSlots } from '../../src/protocols/call-slots.js';

test.each([
  ['at once', (release: () => void) => release()],
  ['before the turn is over', (release: () => void) => queueMicrotask(release)],
])('work that ends %s leaves the rest to later turns, and others their place between', async (_, end) => {
  const slots = new CallSlots(2);
  const log: (number | string)[] = [];
  for (let work = 0; work < 5; work++) {
    void slots.run(() => {
      log.push(work);
      end(() => slots.release());
    });
  }
  expect(log).toEqual([0, 1]);
  setImmediate(() => log.push('other'));
  await nextTurn();
  await slots.idle();
  expect(log.indexOf('other')).toBeLessThan(log.indexOf(4));
  expect(log.filter((entry) => entry !== 'other')).toEqual([0, 1, 2, 3, 4]);
});

test('work waits until a slot is free, however many turns that takes', async () => {
  const slots = new CallSlots(1);
  void slots.run(() => undefined);
  let hasStarted = false;
  const started = slots.run(() => {
    hasStarted = true;
  });
  for (let turn = 0; turn < 3; turn++) await nextTurn();
  expect([hasStarted, slots.crowded]).toEqual([false, true]);
  slots.release();
  await started;
  expect([hasStarted, slots.crowded]).toEqual([true, false]);
});
