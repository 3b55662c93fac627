import { describe, expect, test } from 'vitest';
import { networkOf } from '../../src/pipeline/network-of.js';
import { CallerAddresses } from '../../src/protocols/caller-address.js';

const proxy = '10.0.0.1';
const addresses = new CallerAddresses(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);

describe('a caller behind trusted proxies', () => {
  test.each([
    ['alone', '203.0.113.9', '203.0.113.9'],
    ['with a port', '203.0.113.9:51234', '203.0.113.9'],
    ['behind several proxies', '203.0.113.9, 10.0.0.3,10.0.0.2', '203.0.113.9'],
    ['behind a proxy of its own', '192.0.2.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['of IPv6', '2001:DB8:0:0::1', '2001:db8::1'],
    ['of IPv6 in brackets', '[2001:db8::1]', '2001:db8::1'],
    ['of IPv6 with a port', '[2001:db8::1]:443', '2001:db8::1'],
    ['of IPv6 with a zone', 'fe80::1%eth0', 'fe80::1'],
    ['of IPv4 as IPv6', '::ffff:203.0.113.9', '203.0.113.9'],
    ['that is a proxy itself', '10.0.0.3', '10.0.0.3'],
    ['that is a proxy of IPv6', '203.0.113.9, fd00::3', '203.0.113.9'],
    ['that is none', 'unknown, 10.0.0.3', '10.0.0.3'],
    ['that is a number', '1', proxy],
    ['that is a name', 'example.com:80', proxy],
    ['that is empty', '', proxy],
    ['that is left out', '203.0.113.9,', proxy],
  ])('%s, by X-Forwarded-For', (_, header, expected) => {
    expect(addresses.of(proxy, { 'x-forwarded-for': header })).toBe(expected);
  });

  test.each([
    ['alone', 'for=203.0.113.9', '203.0.113.9'],
    ['with a port', 'for="203.0.113.9:51234"', '203.0.113.9'],
    ['with a hidden port', 'for="203.0.113.9:_port"', '203.0.113.9'],
    ['of IPv6', 'For="[2001:db8::1]:4711"', '2001:db8::1'],
    ['among other parameters', 'by=10.0.0.1;for=203.0.113.9;proto=http;host="a;for=1.2.3.4"', '203.0.113.9'],
    ['behind several proxies', 'for=203.0.113.9;proto=https, for=10.0.0.3', '203.0.113.9'],
    ['behind a proxy of its own', 'for=192.0.2.1, for=203.0.113.9', '203.0.113.9'],
    ['that is unknown', 'for=203.0.113.9, for=unknown, for=10.0.0.3', '10.0.0.3'],
    ['that is hidden', 'for=_hidden', proxy],
    ['that is left out', 'proto=https;by=203.0.113.43', proxy],
    ['that is part of another parameter', 'by="a, for=203.0.113.9";host="b;for=203.0.113.9"', proxy],
  ])('%s, by Forwarded', (_, forwarded, expected) => {
    expect(addresses.of(proxy, { forwarded })).toBe(expected);
  });

  test('is the one of X-Forwarded-For where both are given: most proxies hand on the other one as it came', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=192.0.2.1' };
    expect(addresses.of(proxy, headers)).toBe('203.0.113.9');
  });

  test('may be connected over IPv6', () => {
    expect(addresses.of('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).toBe('203.0.113.9');
  });
});

test.each([
  ['another address', '192.0.2.7', addresses],
  ['any address, where no proxy is trusted', proxy, new CallerAddresses()],
])('%s is not believed', (_, peer, of) => {
  expect(of.of(peer, { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' })).toBe(peer);
});

test('a connection without an address has an unknown caller', () => {
  expect(addresses.of(undefined, { 'x-forwarded-for': '203.0.113.9' })).toBe('unknown');
});

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['2001:db8::1:0:0:6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
])('limits count %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
