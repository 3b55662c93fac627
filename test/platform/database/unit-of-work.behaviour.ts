import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DeadlineExceeded, IdempotencyKeyInUse } from '../../../src/contract/built-in-failures.js';
import { currentCall } from '../../../src/pipeline/call-context.js';
import type { IdempotencyLog } from '../../../src/pipeline/idempotency.js';
import type { UnitOfWork } from '../../../src/ports/unit-of-work.js';
import { inCall, request } from './call.js';

/** Something a transaction can change: named counters. */
export interface Counters {
  read(name: string): Promise<number | undefined>;
  write(name: string, value: number): Promise<void>;
  clear(): Promise<void>;
}

export interface UnitOfWorkAdapter {
  readonly unitOfWork: UnitOfWork;
  readonly log: IdempotencyLog & { sweep(): Promise<number> };
  /** The same table with a log that keeps nothing longer than now. */
  readonly expired: IdempotencyLog & { sweep(): Promise<number> };
  readonly counters: Counters;
  close(): Promise<void>;
}

/** A gate that opens on demand. */
function gate(): { open: () => void; opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

export function unitOfWorkBehaviour(name: string, create: () => Promise<UnitOfWorkAdapter>): void {
  let adapter: UnitOfWorkAdapter;
  beforeAll(async () => {
    adapter = await create();
  });
  beforeEach(() => adapter.counters.clear());
  afterAll(() => adapter?.close());

  describe(`${name}: a unit of work`, () => {
    test('commits what it did and gives what it returned', async () => {
      const { unitOfWork, counters } = adapter;
      const work = () => counters.write('a', 1).then(() => 'done');
      expect(await unitOfWork.run(work)).toBe('done');
      expect(await counters.read('a')).toBe(1);
    });

    test('rolls back what it did when it throws, and throws the same', async () => {
      const { unitOfWork, counters } = adapter;
      const error = new Error('no');
      const work = async () => {
        await counters.write('a', 1);
        throw error;
      };
      await expect(unitOfWork.run(work)).rejects.toBe(error);
      expect(await counters.read('a')).toBeUndefined();
    });

    test('sees its own changes, which others do not see before it commits', async () => {
      const { unitOfWork, counters } = adapter;
      const [written, checked] = [gate(), gate()];
      const running = unitOfWork.run(async () => {
        await counters.write('a', 1);
        written.open();
        await checked.opened;
        return counters.read('a');
      });
      await written.opened;
      expect(await counters.read('a')).toBeUndefined();
      checked.open();
      expect(await running).toBe(1);
    });

    test('inside another one joins it', async () => {
      const { unitOfWork, counters } = adapter;
      const work = unitOfWork.run(async () => {
        await unitOfWork.run(() => counters.write('a', 1));
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await counters.read('a')).toBeUndefined();
    });

    test('is visible in the call, and only inside', async () => {
      await inCall({}, async () => {
        expect(await adapter.unitOfWork.run(async () => currentCall()?.transaction)).toBeDefined();
        expect(currentCall()?.transaction).toBeUndefined();
      });
    });

    test('loses no update when two change the same', async () => {
      const { unitOfWork, counters } = adapter;
      await counters.write('a', 0);
      const increment = () =>
        unitOfWork.run(async () => {
          const value = await counters.read('a');
          await counters.write('a', (value ?? 0) + 1);
        });
      await Promise.all([increment(), increment(), increment()]);
      expect(await counters.read('a')).toBe(3);
    });

    test('that outlives the deadline is rolled back', async () => {
      const { unitOfWork, counters } = adapter;
      const work = async () => {
        await counters.write('a', 1);
        await new Promise((done) => setTimeout(done, 300));
      };
      await expect(inCall({ timeoutMs: 200 }, () => unitOfWork.run(work))).rejects.toThrow(DeadlineExceeded);
      expect(await counters.read('a')).toBeUndefined();
    });

    test('does not start when the deadline has passed', async () => {
      const work = inCall({ timeoutMs: -1 }, () => adapter.unitOfWork.run(() => adapter.counters.write('a', 1)));
      await expect(work).rejects.toThrow(DeadlineExceeded);
      expect(await adapter.counters.read('a')).toBeUndefined();
    });
  });

  describe(`${name}: an idempotency key`, () => {
    test('records the outcome in the transaction of the command, to be found afterwards', async () => {
      const { unitOfWork, log, counters } = adapter;
      const used = request({ key: 'recorded', encode: (value) => ({ value }) });
      expect(await log.find(used)).toBeUndefined();
      await inCall({ idempotency: used }, () => unitOfWork.run(() => counters.write('a', 1).then(() => 'made')));
      expect(used.recorded).toEqual({ value: 'made' });
      expect(await log.find(used)).toMatchObject({
        fingerprint: used.fingerprint,
        outcome: { value: { value: 'made' } },
      });
    });

    test('that was used gives the stored outcome in place of the work', async () => {
      const { unitOfWork, counters } = adapter;
      const run = (value: number) =>
        inCall({ idempotency: request({ key: 'twice' }) }, () => unitOfWork.run(() => counters.write('a', value)));
      await run(1);
      expect(await run(2)).toEqual({ replayed: { value: undefined } });
      expect(await counters.read('a')).toBe(1);
    });

    test('of a command that is still running is in use', async () => {
      const { unitOfWork } = adapter;
      const [started, finish] = [gate(), gate()];
      const first = inCall({ idempotency: request({ key: 'busy' }) }, () =>
        unitOfWork.run(async () => {
          started.open();
          await finish.opened;
        }),
      );
      await started.opened;
      const second = inCall({ idempotency: request({ key: 'busy' }) }, () => unitOfWork.run(async () => undefined));
      await expect(second).rejects.toThrow(IdempotencyKeyInUse);
      const other = inCall({ idempotency: request({ key: 'idle' }) }, () => unitOfWork.run(async () => 'done'));
      await expect(other).resolves.toBe('done');
      finish.open();
      await first;
    });

    test('of a command that was rolled back is free again', async () => {
      const { unitOfWork, log } = adapter;
      const used = request({ key: 'failed' });
      const failing = inCall({ idempotency: used }, () => unitOfWork.run(() => Promise.reject(new Error('no'))));
      await expect(failing).rejects.toThrow('no');
      expect(await log.find(used)).toBeUndefined();
      await inCall({ idempotency: used }, () => unitOfWork.run(async () => undefined));
      expect(await log.find(used)).toBeDefined();
    });

    test('of another caller is another key', async () => {
      const { unitOfWork, log } = adapter;
      await inCall({ idempotency: request({ key: 'mine' }) }, () => unitOfWork.run(async () => undefined));
      expect(await log.find(request({ key: 'mine', scope: 'tenant/user:2/users.createUser' }))).toBeUndefined();
    });

    test('can hold a failure, recorded in a second transaction', async () => {
      const { unitOfWork, log } = adapter;
      const used = request({ key: 'failure' });
      const outcome = { failure: { code: 'USER_EMAIL_TAKEN', detail: 'This email address is already registered' } };
      await unitOfWork.run(async () => {
        expect(await log.claim(used)).toBeUndefined();
        await log.record(used, outcome);
      });
      expect(await log.find(used)).toMatchObject({ outcome });
    });

    test('expires, and may then be used again', async () => {
      const { unitOfWork, expired } = adapter;
      const used = request({ key: 'old' });
      for (const value of [1, 2]) {
        await unitOfWork.run(async () => {
          expect(await expired.claim(used)).toBeUndefined();
          await expired.record(used, { value });
        });
      }
      expect(await expired.find(used)).toBeUndefined();
      expect(await expired.sweep()).toBeGreaterThan(0);
      expect(await expired.sweep()).toBe(0);
    });
  });
}
