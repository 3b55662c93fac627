import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Balancer, type Candidate } from '../../../src/remote/resilience/balancer.js';

const instances = (...ids: readonly string[]) => ids.map((id) => ({ id, address: `${id}:50051` }));

function balancerOf(...ids: readonly string[]) {
  let time = 1_000_000;
  const unreachable = new Set<string>();
  const settings = { failures: 5, baseMs: 30_000, maxMs: 300_000 };
  const balancer = new Balancer(
    settings,
    { isReachable: ({ id }) => !unreachable.has(id), onEjected: () => undefined, onReturned: () => undefined },
    () => time,
  );
  balancer.update(instances(...ids));
  const find = (id: string) => balancer.candidates.find(({ instance }) => instance.id === id) as Candidate;
  return {
    balancer,
    unreachable,
    find,
    picks: (count: number) => Array.from({ length: count }, () => balancer.pick()?.instance.id).join(''),
    fail: (id: string, times = 5) => {
      for (let count = 0; count < times; count++) balancer.failed(find(id));
    },
    pass: (seconds: number) => {
      time += seconds * 1_000;
    },
  };
}

describe('the balancer', () => {
  test('picks nothing where there is nothing', () => {
    expect(balancerOf().balancer.pick()).toBeUndefined();
  });

  test('goes round', () => {
    expect(balancerOf('a', 'b', 'c').picks(7)).toBe('abcabca');
  });

  test('shares evenly what an ejected instance does not get', () => {
    const { picks, fail } = balancerOf('a', 'b', 'c');
    fail('b');
    expect(picks(6)).toBe('acacac');
  });

  test('leaves out what can not be reached, as long as something can', () => {
    const { picks, unreachable } = balancerOf('a', 'b');
    unreachable.add('a');
    expect(picks(3)).toBe('bbb');
    unreachable.add('b');
    expect(picks(4)).toBe('abab');
  });

  test('calls an ejected instance that was away as soon as it is back, one call at a time at first', () => {
    const { balancer, picks, fail, find, unreachable } = balancerOf('a', 'b');
    fail('a');
    expect(picks(2)).toBe('bb');
    unreachable.add('a');
    expect(picks(2)).toBe('bb');
    unreachable.delete('a');
    expect(picks(3)).toBe('abb');
    balancer.succeeded(find('a'));
    expect(picks(2)).toBe('ab');
  });

  test('prefers an ejected instance to one that was tried', () => {
    const { balancer, fail, find } = balancerOf('a', 'b');
    fail('a');
    expect(balancer.pick(new Set([find('b')]))).toBe(find('a'));
  });

  test('picks a good one again when all were tried', () => {
    const { balancer, fail, find } = balancerOf('a', 'b');
    fail('a');
    expect(balancer.pick(new Set([find('a'), find('b')]))).toBe(find('b'));
  });

  test('says whether a good one is left', () => {
    const { balancer, fail, find } = balancerOf('a', 'b');
    expect(balancer.hasOther(new Set([find('a')]))).toBe(true);
    fail('b');
    expect(balancer.hasOther(new Set([find('a')]))).toBe(false);
  });

  test('sends one call at a time to an instance that came back, until one succeeded', () => {
    const { balancer, picks, fail, pass, find } = balancerOf('a', 'b');
    fail('a');
    pass(30);
    expect(picks(5)).toBe('abbbb');
    balancer.abandoned(find('a'));
    expect(picks(3)).toBe('abb');
    balancer.succeeded(find('a'));
    expect(picks(4)).toBe('abab');
  });

  test('keeps the state of instances that stay, and none of a new process at an old address', () => {
    const { balancer, picks, fail } = balancerOf('a', 'b', 'c');
    fail('a');
    balancer.update(instances('a', 'b'));
    expect(picks(3)).toBe('bbb');
    balancer.update([{ id: 'd', address: 'a:50051' }, ...instances('b')]);
    expect([...picks(4)].sort().join('')).toBe('bbdd');
  });

  test('always picks something where there is something', () => {
    const event = fc.record({ kind: fc.constantFrom('failed', 'succeeded', 'abandoned'), after: fc.nat({ max: 100 }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(event as fc.Arbitrary<Outcome>), (count, events) => {
        const { balancer, pass } = balancerOf(...['a', 'b', 'c', 'd'].slice(0, count));
        for (const { kind, after } of events) {
          pass(after);
          const picked = balancer.pick();
          expect(picked).toBeDefined();
          if (picked) balancer[kind](picked);
        }
      }),
    );
  });
});

interface Outcome {
  readonly kind: 'failed' | 'succeeded' | 'abandoned';
  readonly after: number;
}
