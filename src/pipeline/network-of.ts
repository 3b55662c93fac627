/** Groups of an IPv6 address that name the network; the rest one subscriber may choose freely. */
const networkGroups = 4;

/** What limits count by: an IPv4 address, the /64 of an IPv6 address, anything else as it is. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, networkGroups).join(':')}::/64`;
}
