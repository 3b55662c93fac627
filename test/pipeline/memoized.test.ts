import { expect, test } from 'vitest';
import { memoized } from '../../src/pipeline/memoized.js';

function counted(size: number) {
  const read: string[] = [];
  const upper = memoized(size, (text) => {
    read.push(text);
    return text.toUpperCase();
  });
  return { read, upper };
}

test('what was read is not read again', () => {
  const { read, upper } = counted(10);
  expect(['a', 'b', 'a', 'b'].map(upper)).toEqual(['A', 'B', 'A', 'B']);
  expect(read).toEqual(['a', 'b']);
});

test('no more is kept than there is room for', () => {
  const { read, upper } = counted(2);
  expect(['a', 'b', 'c', 'a'].map(upper)).toEqual(['A', 'B', 'C', 'A']);
  expect(read).toEqual(['a', 'b', 'c', 'a']);
});

test('long texts are not kept', () => {
  const { read, upper } = counted(10);
  const long = 'x'.repeat(65);
  expect([long, long].map(upper)).toEqual([long.toUpperCase(), long.toUpperCase()]);
  expect(read).toHaveLength(2);
});
