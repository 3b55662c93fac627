import { beforeEach, describe, expect, test } from 'vitest';
import { InvalidArgument, ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { UpkeepLog } from '../../../src/platform/observability/upkeep-log.js';

describe('the log of repeated work', () => {
  let lines: unknown[];
  let log: UpkeepLog;
  beforeEach(() => {
    lines = [];
    log = new UpkeepLog('Test', { warn: (line: unknown) => void lines.push(line) });
  });

  test('tells a failure in one line, with its cause where it has no words of its own', () => {
    log.failed('Nothing was done', new ServiceUnavailable({ detail: 'Nobody is there', cause: new Error('refused') }));
    log.failed('Nothing was read', new ServiceUnavailable({ cause: new Error('\nno connection\n  to there\n') }));
    expect(lines).toEqual([
      'Nothing was done: Nobody is there',
      'Nothing was read: Try again later (no connection to there)',
    ]);
  });

  test('tells it again when it has passed or is another', () => {
    for (const error of [new ServiceUnavailable(), new ServiceUnavailable(), new InvalidArgument()])
      log.failed('Not done', error);
    log.succeeded('Not done');
    log.failed('Not done', new InvalidArgument());
    const [away, invalid] = ['Not done: Try again later', 'Not done: The input is not valid'];
    expect(lines).toEqual([away, invalid, invalid]);
  });

  test('tells several at once, alike ones once', () => {
    const errors = [new ServiceUnavailable(), new InvalidArgument(), new ServiceUnavailable()];
    log.failed('Not done', new AggregateError(errors, 'three'));
    expect(lines).toEqual(['Not done: Try again later; The input is not valid']);
  });

  test('keeps the stack of what is no failure, alone or among them', () => {
    const bug = new TypeError('not a function');
    const several = new AggregateError([new ServiceUnavailable(), bug], 'two');
    for (const error of [bug, bug, several]) log.failed('Not done', error);
    expect(lines).toEqual([bug, bug, several].map((err) => ({ err, msg: 'Not done' })));
  });
});
