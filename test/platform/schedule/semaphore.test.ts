import { describe, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { Semaphore } from '../../../src/platform/schedule/semaphore.js';

describe('a semaphore', () => {
  test('runs so many at a time, the others in order', async () => {
    const semaphore = new Semaphore(2, 10);
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const started: number[] = [];
    const done = gates.map((gate, index) =>
      semaphore.run(() => {
        started.push(index);
        return gate.promise;
      }),
    );
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    await done[1];
    expect(started).toEqual([0, 1, 2]);
    gates[0]?.resolve();
    await done[0];
    expect(started).toEqual([0, 1, 2, 3]);
    for (const gate of gates) gate.resolve();
    await Promise.all(done);
  });

  test('refuses at once what does not fit, and says when to come back', async () => {
    const semaphore = new Semaphore(1, 1);
    const gate = Promise.withResolvers<void>();
    const accepted = [semaphore.run(() => gate.promise), semaphore.run(() => gate.promise)];
    const refused: unknown = await semaphore.run(() => gate.promise).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceUnavailable);
    expect(refused).toMatchObject({ retryAfterSeconds: 1 });
    gate.resolve();
    await Promise.all(accepted);
    await expect(semaphore.run(async () => 'again')).resolves.toBe('again');
  });

  test('continues after work that failed', async () => {
    const semaphore = new Semaphore(1, 1);
    const failed = semaphore.run(() => Promise.reject(new Error('planted')));
    const next = semaphore.run(async () => 'next');
    await expect(failed).rejects.toThrow('planted');
    await expect(next).resolves.toBe('next');
  });
});
