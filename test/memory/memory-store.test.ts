import { describe, expect, test } from 'vitest';
import { MemoryIdempotencyLog } from './memory-idempotency-log.js';
import { DuplicateValue, MemoryStore } from './memory-store.js';
import { MemoryUnitOfWork } from './memory-unit-of-work.js';

interface Person {
  readonly id: string;
  readonly email: string;
}

const people = (...values: Person[]): MemoryStore<Person> => {
  const store = new MemoryStore<Person>({ key: ({ id }) => id, unique: { email: ({ email }) => email } });
  for (const value of values) store.put(value);
  return store;
};

const ann: Person = { id: '1', email: 'ann@example.com' };
const bob: Person = { id: '2', email: 'bob@example.com' };
const unitOfWork = new MemoryUnitOfWork(new MemoryIdempotencyLog());

describe('a memory store', () => {
  test('finds values by key and by unique field', () => {
    const store = people(ann, bob);
    expect(store.get('1')).toBe(ann);
    expect(store.find('email', bob.email)).toBe(bob);
    expect(store.find('email', 'nobody@example.com')).toBeUndefined();
    expect(store.values()).toEqual([ann, bob]);
  });

  test('refuses a second value with the same unique field, inside and outside a unit of work', async () => {
    const store = people(ann);
    const taken = { id: '3', email: ann.email };
    expect(() => store.put(taken)).toThrow(DuplicateValue);
    await expect(unitOfWork.run(async () => store.put(taken))).rejects.toThrow('another value has this email');
  });

  test('frees a unique field when its value is changed or deleted', async () => {
    const store = people(ann, bob);
    store.put({ ...ann, email: 'ann@example.org' });
    store.put({ ...bob, email: ann.email });
    store.delete('2');
    await unitOfWork.run(async () => store.put({ id: '3', email: ann.email }));
    expect(store.find('email', ann.email)?.id).toBe('3');
    expect(store.find('email', bob.email)).toBeUndefined();
  });

  test('lets two values exchange a unique field in one unit of work', async () => {
    const store = people(ann, bob);
    await unitOfWork.run(async () => {
      store.put({ ...ann, email: 'between@example.com' });
      store.put({ ...bob, email: ann.email });
      store.put({ ...ann, email: bob.email });
    });
    expect(store.find('email', ann.email)?.id).toBe('2');
    expect(store.find('email', bob.email)?.id).toBe('1');
  });

  test('shows a unit of work its own changes', async () => {
    const store = people(ann, bob);
    const seen = await unitOfWork.run(async () => {
      store.put({ id: '3', email: 'eve@example.com' });
      expect(store.delete('1')).toBe(true);
      expect(store.delete('1')).toBe(false);
      return { all: store.values(), eve: store.find('email', 'eve@example.com')?.id, ann: store.get('1') };
    });
    expect(seen.all.map(({ id }) => id)).toEqual(['2', '3']);
    expect(seen.eve).toBe('3');
    expect(seen.ann).toBeUndefined();
  });

  test('gives a unique field to one of two parallel units of work; the other one fails', async () => {
    const store = people();
    const both = Promise.withResolvers<void>();
    let arrived = 0;
    const add = (id: string) =>
      unitOfWork.run(async () => {
        store.put({ id, email: 'same@example.com' });
        arrived += 1;
        if (arrived === 2) both.resolve();
        await both.promise;
      });
    const results = await Promise.allSettled([add('1'), add('2')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(store.values()).toHaveLength(1);
  });

  test('knows which fields are unique', () => {
    expect(() => people().find('name', 'Ann')).toThrow('name is not a unique field');
  });
});
