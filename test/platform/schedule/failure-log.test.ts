import { beforeEach, describe, expect, test } from 'vitest';
import { InvalidArgument, ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { FailureLog } from '../../../src/platform/schedule/failure-log.js';

describe('the log of repeated work', () => {
  let lines: unknown[];
  let log: FailureLog;
  beforeEach(() => {
    lines = [];
    log = new FailureLog({ warn: (line: unknown) => void lines.push(line) });
  });

  const fail = async (message: string, error: unknown) =>
    expect(await log.attempt(message, () => Promise.reject(error))).toBe(error);

  test('logs a failure in one line, with its cause where it has no message of its own', async () => {
    await fail('Nothing was done', new ServiceUnavailable({ detail: 'Nobody is there', cause: new Error('refused') }));
    await fail('Nothing was read', new ServiceUnavailable({ cause: new Error('\nno connection\n  to there\n') }));
    expect(lines).toEqual([
      'Nothing was done: Nobody is there',
      'Nothing was read: Try again later (no connection to there)',
    ]);
  });

  test('logs it again after a success, or when it changes', async () => {
    for (const error of [new ServiceUnavailable(), new ServiceUnavailable(), new InvalidArgument()])
      await fail('Not done', error);
    expect(await log.attempt('Not done', async () => 'done')).toBeUndefined();
    await fail('Not done', new InvalidArgument());
    const [away, invalid] = ['Not done: Try again later', 'Not done: The input is not valid'];
    expect(lines).toEqual([away, invalid, invalid]);
  });

  test('logs several at once, equal ones only once', async () => {
    const errors = [new ServiceUnavailable(), new InvalidArgument(), new ServiceUnavailable()];
    await fail('Not done', new AggregateError(errors, 'three'));
    expect(lines).toEqual(['Not done: Try again later; The input is not valid']);
  });

  test('keeps the stack of what is no failure, alone or among them', async () => {
    const bug = new TypeError('not a function');
    const several = new AggregateError([new ServiceUnavailable(), bug], 'two');
    for (const error of [bug, bug, several]) await fail('Not done', error);
    expect(lines).toEqual([bug, bug, several].map((err) => ({ err, msg: 'Not done' })));
  });
});
