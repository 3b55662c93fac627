import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RepeatedTask } from '../../../src/platform/schedule/repeated-task.js';

describe('a repeated task', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  test('runs after each interval until it is stopped', async () => {
    let runs = 0;
    const task = new RepeatedTask(async () => runs++, 100);
    task.start();
    expect(runs).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(runs).toBe(2);
    await task.stop();
    await vi.advanceTimersByTimeAsync(200);
    expect(runs).toBe(2);
  });

  test('never runs twice at once: a second call joins the current run', async () => {
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let runs = 0;
    const task = new RepeatedTask(() => answers[runs++]?.promise, 100);
    task.start();
    const joined = [task.run(), task.run()];
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toBe(1);
    answers[0]?.resolve();
    await Promise.all(joined);
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toBe(2);
    answers[1]?.resolve();
    await task.stop();
  });

  test('is stopped when the run under way has ended', async () => {
    const answer = Promise.withResolvers<void>();
    let ended = false;
    const task = new RepeatedTask(async () => {
      await answer.promise;
      ended = true;
    }, 100);
    void task.run();
    const stopped = task.stop();
    answer.resolve();
    await stopped;
    expect(ended).toBe(true);
  });
});
