import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Candidate } from '../../../src/remote/resilience/candidate.js';
import { Ejections } from '../../../src/remote/resilience/ejections.js';

const settings = { failures: 5, baseMs: 30_000, maxMs: 300_000 };

const candidate = (id: string) => new Candidate({ id, address: `${id}:50051` });

/** Ejections among `names`, and the time they live in, which passes when told to. */
function among<const Names extends readonly string[]>(...names: Names) {
  let time = 1_000_000;
  const told: string[] = [];
  const ejections = new Ejections(
    settings,
    {
      ejected: ({ instance: { id } }, forMs) => told.push(`${id} out ${forMs / 1_000}`),
      returned: ({ instance: { id } }) => told.push(`${id} in`),
    },
    () => time,
  );
  const candidates = names.map(candidate) as { [Name in keyof Names]: Candidate };
  ejections.watch(candidates);
  const fail = (failing: Candidate, times = settings.failures) => {
    for (let time = 0; time < times; time++) ejections.failed(failing);
  };
  const pass = (seconds: number) => {
    time += seconds * 1_000;
    ejections.returnDue();
  };
  return { ejections, candidates, told, fail, pass };
}

describe('ejections', () => {
  test('take out an instance that failed five times in a row, for 30 s', () => {
    const { candidates, told, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a, 4);
    expect(a.isEjected).toBe(false);
    fail(a, 1);
    expect(a.isEjected).toBe(true);
    pass(29.9);
    expect(a.isEjected).toBe(true);
    pass(0.1);
    expect(a.isEjected).toBe(false);
    expect(told).toEqual(['a out 30', 'a in']);
  });

  test('count failures in a row only', () => {
    const { ejections, candidates, fail } = among('a', 'b');
    const [a] = candidates;
    for (let round = 0; round < 10; round++) {
      fail(a, 4);
      ejections.succeeded(a);
    }
    expect(a.isEjected).toBe(false);
  });

  test('grow by 30 s each time when failures follow a return', () => {
    const { candidates, told, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    for (let time = 1; time <= 12; time++) {
      pass(Math.min(300, 30 * time));
      fail(a, 1);
    }
    const lengths = told.filter((line) => line.startsWith('a out')).map((line) => Number(line.slice(6)));
    expect(lengths).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300, 300]);
  });

  test('shrink again for an instance that serves', () => {
    const { ejections, candidates, told, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    pass(30);
    fail(a, 1);
    pass(60);
    ejections.succeeded(a);
    pass(60);
    fail(a);
    expect(told.at(-1)).toBe('a out 30');
  });

  test('take five failures again once an instance has proven itself', () => {
    const { ejections, candidates, fail, pass } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    pass(30);
    ejections.succeeded(a);
    fail(a, 4);
    expect(a.isEjected).toBe(false);
  });

  test('leave the last one in, and bring all back when it fails too', () => {
    const { candidates, told, fail } = among('a', 'b', 'c');
    const [a, b, c] = candidates;
    fail(a);
    fail(b);
    expect([a, b, c].map(({ isEjected }) => isEjected)).toEqual([true, true, false]);
    fail(c);
    expect([a, b, c].map(({ isEjected }) => isEjected)).toEqual([false, false, false]);
    fail(a);
    expect(told).toEqual(['a out 30', 'b out 30', 'a in', 'b in', 'a out 30']);
  });

  test('end when only ejected instances are left', () => {
    const { ejections, candidates, fail } = among('a', 'b');
    const [a] = candidates;
    fail(a);
    ejections.watch([a]);
    expect(a.isEjected).toBe(false);
  });

  test('take no notice of an instance that has left', () => {
    const { ejections, candidates, told, fail } = among('a', 'b');
    const [a, b] = candidates;
    ejections.watch([b]);
    fail(a, 10);
    expect(told).toEqual([]);
  });

  interface World {
    candidates: readonly Candidate[];
    readonly failures: Map<Candidate, number>;
    readonly ejections: Ejections;
    pass(seconds: number): void;
  }

  type Step = (world: World) => void;

  const onOne = (act: (world: World, target: Candidate) => void) =>
    fc.nat({ max: 7 }).map(
      (index): Step =>
        (world) => {
          const target = world.candidates[index % world.candidates.length];
          if (target) act(world, target);
        },
    );

  const steps: fc.Arbitrary<Step>[] = [
    onOne(({ ejections, failures }, target) => {
      failures.set(target, (failures.get(target) ?? 0) + 1);
      ejections.failed(target);
    }),
    onOne(({ ejections }, target) => ejections.succeeded(target)),
    onOne((world, target) => {
      world.candidates = world.candidates.filter((other) => other !== target);
      world.ejections.watch(world.candidates);
    }),
    fc.constant<Step>((world) => {
      world.candidates = [...world.candidates, candidate('later')];
      world.ejections.watch(world.candidates);
    }),
    fc.nat({ max: 200 }).map(
      (seconds): Step =>
        ({ pass }) =>
          pass(seconds),
    ),
  ];
  const weights = [12, 2, 1, 1, 2];
  const step = fc.oneof(...steps.map((arbitrary, index) => ({ arbitrary, weight: weights[index] ?? 1 })));

  const check = ({ candidates, failures }: World) => {
    if (candidates.length > 0) expect(candidates.some(({ isEjected }) => !isEjected)).toBe(true);
    for (const ejected of candidates.filter(({ isEjected }) => isEjected)) {
      expect(failures.get(ejected)).toBeGreaterThanOrEqual(settings.failures);
    }
  };

  test('never take out all, nor one that did not fail, nor for less than 30 s or more than 300 s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 300 }), (count, applied) => {
        const { ejections, told, pass } = among();
        const candidates = Array.from({ length: count }, (_, index) => candidate(`first-${index}`));
        const world: World = { candidates, failures: new Map(), ejections, pass };
        ejections.watch(candidates);
        for (const apply of applied) {
          apply(world);
          check(world);
        }
        const seconds = told.filter((line) => line.includes(' out ')).map((line) => Number(line.split(' ').at(-1)));
        expect(seconds.filter((length) => length < 30 || length > 300)).toEqual([]);
      }),
    );
  });
});
