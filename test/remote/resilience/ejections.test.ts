import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instance } from '../../../src/remote/discovery/service-directory.js';
import { Balancer, type Candidate } from '../../../src/remote/resilience/balancer.js';

const settings = { failures: 5, baseMs: 30_000, maxMs: 300_000 };

const instance = (id: string) => ({ id, address: `${id}:50051` });

/** Ejections among `names`, and their clock. */
function among<const Names extends readonly string[]>(...names: Names) {
  let time = 1_000_000;
  const log: string[] = [];
  const options = {
    isReachable: () => true,
    onEjected: ({ id }: Instance, forMs: number) => log.push(`${id} out ${forMs / 1_000}`),
    onReturned: ({ id }: Instance) => log.push(`${id} in`),
  };
  const balancer = new Balancer(settings, options, () => time);
  balancer.update(names.map(instance));
  const candidates = balancer.candidates as { [Name in keyof Names]: Candidate };
  const fail = (failing: Candidate, times = settings.failures) => {
    for (let time = 0; time < times; time++) balancer.failed(failing);
  };
  const pass = (seconds: number) => {
    time += seconds * 1_000;
    balancer.pick();
  };
  return { balancer, candidates, log, fail, pass };
}

describe('ejections', () => {
  test('take out an instance that failed five times in a row, for 30 s', () => {
    const { candidates, log, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a, 4);
    expect(a.isEjected).toBe(false);
    fail(a, 1);
    expect(a.isEjected).toBe(true);
    pass(29.9);
    expect(a.isEjected).toBe(true);
    pass(0.1);
    expect(a.isEjected).toBe(false);
    expect(log).toEqual(['a out 30', 'a in']);
  });

  test('count failures in a row only', () => {
    const { balancer, candidates, fail } = among('a', 'b');
    const [a] = candidates;
    for (let round = 0; round < 10; round++) {
      fail(a, 4);
      balancer.succeeded(a);
    }
    expect(a.isEjected).toBe(false);
  });

  test('grow by 30 s each time when failures follow a return', () => {
    const { candidates, log, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    for (let time = 1; time <= 12; time++) {
      pass(Math.min(300, 30 * time));
      fail(a, 1);
    }
    const lengths = log.filter((line) => line.startsWith('a out')).map((line) => Number(line.slice(6)));
    expect(lengths).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300, 300]);
  });

  test('shrink again for an instance that serves', () => {
    const { balancer, candidates, log, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    pass(30);
    fail(a, 1);
    pass(60);
    balancer.succeeded(a);
    pass(60);
    fail(a);
    expect(log.at(-1)).toBe('a out 30');
  });

  test('take five failures again once an instance has proven itself', () => {
    const { balancer, candidates, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    pass(30);
    balancer.succeeded(a);
    fail(a, 4);
    expect(a.isEjected).toBe(false);
  });

  test('leave the last one in, and bring all back when it fails too', () => {
    const { candidates, log, fail } = among('a', 'b', 'c');
    const [a, b, c] = candidates;
    fail(a);
    fail(b);
    expect([a, b, c].map(({ isEjected }) => isEjected)).toEqual([true, true, false]);
    fail(c);
    expect([a, b, c].map(({ isEjected }) => isEjected)).toEqual([false, false, false]);
    fail(a);
    expect(log).toEqual(['a out 30', 'b out 30', 'a in', 'b in', 'a out 30']);
  });

  test('end when only ejected instances are left', () => {
    const { balancer, candidates, fail } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    balancer.update([a.instance]);
    expect(a.isEjected).toBe(false);
  });

  test('take no notice of an instance that has left', () => {
    const { balancer, candidates, log, fail } = among('a', 'b');
    const [a, b] = candidates;
    balancer.update([b.instance]);
    fail(a, 10);
    expect(log).toEqual([]);
  });

  interface World {
    readonly balancer: Balancer;
    readonly failures: Map<Candidate, number>;
    /** Instances that were added. */
    added: number;
    pass(seconds: number): void;
  }

  type Step = (world: World) => void;

  const instancesOf = ({ candidates }: Balancer) => candidates.map((candidate) => candidate.instance);

  const onOne = (act: (world: World, target: Candidate) => void) =>
    fc.nat({ max: 7 }).map(
      (index): Step =>
        (world) => {
          const { candidates } = world.balancer;
          const target = candidates[index % candidates.length];
          if (target) act(world, target);
        },
    );

  const steps: fc.Arbitrary<Step>[] = [
    onOne(({ balancer, failures }, target) => {
      failures.set(target, (failures.get(target) ?? 0) + 1);
      balancer.failed(target);
    }),
    onOne(({ balancer }, target) => balancer.succeeded(target)),
    onOne(({ balancer }, target) => {
      balancer.update(instancesOf(balancer).filter((other) => other !== target.instance));
    }),
    fc.constant<Step>((world) => {
      world.balancer.update([...instancesOf(world.balancer), instance(`later-${world.added++}`)]);
    }),
    fc.nat({ max: 200 }).map(
      (seconds): Step =>
        ({ pass }) =>
          pass(seconds),
    ),
  ];
  const weights = [12, 2, 1, 1, 2];
  const step = fc.oneof(...steps.map((arbitrary, index) => ({ arbitrary, weight: weights[index] ?? 1 })));

  const check = ({ balancer: { candidates }, failures }: World) => {
    if (candidates.length > 0) expect(candidates.some(({ isEjected }) => !isEjected)).toBe(true);
    for (const ejected of candidates.filter(({ isEjected }) => isEjected)) {
      expect(failures.get(ejected)).toBeGreaterThanOrEqual(settings.failures);
    }
  };

  test('never take out all, nor one that did not fail, nor for less than 30 s or more than 300 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 300 }), (count, applied) => {
        const { balancer, log, pass } = among();
        balancer.update(Array.from({ length: count }, (_, index) => instance(`first-${index}`)));
        const world: World = { balancer, failures: new Map(), added: 0, pass };
        for (const apply of applied) {
          apply(world);
          check(world);
        }
        const seconds = log.filter((line) => line.includes(' out ')).map((line) => Number(line.split(' ').at(-1)));
        expect(seconds.filter((length) => length < 30 || length > 300)).toEqual([]);
      }),
    );
  });
});
