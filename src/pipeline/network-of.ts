import { memoized } from './memoized.js';

/** 16-bit groups of a /64, the usual prefix of one subscriber. */
const networkGroups = 4;

const slash64 = memoized(1_000, (address) => {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, networkGroups).join(':')}::/64`;
});

export const networkOf = (address: string): string => (address.includes(':') ? slash64(address) : address);
