import { memoized } from './memoized.js';

/** Groups of an IPv6 address that name the network; a subscriber chooses the others. */
const networkGroups = 4;

const slash64 = memoized(1_000, (address) => {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, networkGroups).join(':')}::/64`;
});

/** The IPv4 address or the /64 of the IPv6 address: limits count by it. */
export const networkOf = (address: string): string => (address.includes(':') ? slash64(address) : address);
