import { DeadlineExceeded } from '../../contract/built-in-failures.js';
import type { Failure } from '../../contract/failure.js';
import type { Lifetime } from '../../pipeline/lifetime.js';

/** Called once, after `ms`. Returns the failure that ends the work, or undefined to continue. */
export interface SlowWork {
  readonly ms: number;
  giveUp(): Failure | undefined;
}

/** Rejects with what ended `lifetime` first: DeadlineExceeded at its deadline. */
export function withDeadline<T>(lifetime: Lifetime, work: () => Promise<T>, slow?: SlowWork): Promise<T> {
  const left = lifetime.deadline - performance.now();
  if (left <= 0) lifetime.end(new DeadlineExceeded());
  if (lifetime.ended) return Promise.reject(lifetime.ended);
  return new Promise((resolve, reject) => {
    const working = work();
    const expireIn = (ms: number) => setTimeout(() => lifetime.end(new DeadlineExceeded()), Math.max(0, ms));
    const onSlow = () => {
      const failure = slow?.giveUp();
      if (failure) lifetime.end(failure);
      else timer = expireIn(lifetime.deadline - performance.now());
    };
    let timer = slow && slow.ms < left ? setTimeout(onSlow, slow.ms) : expireIn(left);
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(error);
    };
    lifetime.onEnd(fail);
    working.then((value) => {
      clearTimeout(timer);
      resolve(value);
    }, fail);
  });
}
