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
    slots.run(() => {
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

test('work waits until a slot is free, however many turns that takes, and its input is paused meanwhile', async () => {
  const log: string[] = [];
  const slots = new CallSlots(1, { pause: () => log.push('pause'), resume: () => log.push('resume') });
  slots.run(() => log.push('first'));
  for (const work of ['second', 'third']) {
    slots.run(() => {
      log.push(work);
      slots.release();
    });
  }
  for (let turn = 0; turn < 3; turn++) await nextTurn();
  expect(log).toEqual(['first', 'pause']);
  slots.release();
  await slots.idle();
  expect(log).toEqual(['first', 'pause', 'second', 'third', 'resume']);
});
