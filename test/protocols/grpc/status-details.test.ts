import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { InvalidArgument, RateLimited } from '../../../src/contract/built-in-failures.js';
import { failure } from '../../../src/contract/failure.js';
import { decodeFailure, failureStatus } from '../../../src/protocols/grpc/status-details.js';

class Broken extends failure('THING_BROKEN', 'failed_precondition', 'The thing is broken') {}

const detailsOf = (metadata: Metadata) => metadata.get('grpc-status-details-bin')[0] as Buffer;

describe('a failure in grpc-status-details-bin', () => {
  it('is read as it was written', () => {
    const issues = [{ path: '/a~1b', code: 'too_small', message: 'Too small' }];
    const sent = failureStatus(new InvalidArgument({ detail: 'Look at this', issues }));
    expect(decodeFailure(sent)).toEqual({
      code: 'INVALID_ARGUMENT',
      kind: 'invalid_argument',
      detail: 'Look at this',
      issues,
    });
    expect(decodeFailure(failureStatus(new RateLimited({ retryAfterSeconds: 7 })))).toEqual({
      code: 'RATE_LIMITED',
      kind: 'resource_exhausted',
      detail: 'Too many requests',
      retryAfterSeconds: 7,
    });
  });

  it('names domain and trace for readers of google.rpc', () => {
    const { metadata } = failureStatus(new Broken(), 'abc');
    const text = detailsOf(metadata).toString('latin1');
    for (const part of ['type.googleapis.com/google.rpc.ErrorInfo', 'THING_BROKEN', 'mstv', 'trace_id', 'abc']) {
      expect(text).toContain(part);
    }
  });

  it('stays below what clients take, and says how much it left out', () => {
    const issues = Array.from({ length: 1_000 }, (_, index) => ({
      path: `/items/${index}`,
      code: 'bad',
      message: 'No',
    }));
    const sent = failureStatus(new InvalidArgument({ issues }), 'a'.repeat(32));
    const sentCount = decodeFailure(sent).issues?.length ?? 0;
    expect(sentCount).toBeGreaterThan(100);
    expect(detailsOf(sent.metadata).toString('base64').length).toBeLessThan(8_000);
    expect(detailsOf(sent.metadata).toString('latin1')).toContain(`violations_omitted\x12\x03${1_000 - sentCount}`);
  });

  it('stays below it with names that take three bytes a letter', () => {
    const sent = (names: readonly string[]) =>
      failureStatus(
        new InvalidArgument({ issues: names.map((name) => ({ path: `/${name}`, code: 'bad', message: name })) }),
      );
    for (const names of [['€'.repeat(2_200)], Array.from({ length: 200 }, () => '€'.repeat(10))]) {
      expect(detailsOf(sent(names).metadata).toString('base64').length).toBeLessThan(8_000);
    }
    expect(decodeFailure(sent(['€'.repeat(700)])).issues).toHaveLength(1);
  });

  it('has a status message that HTTP/2 can carry', () => {
    expect(failureStatus(new Broken({ detail: 'a \ud800 b' })).details).toBe('a \ufffd b');
  });
});

describe('a status without details', () => {
  it.each([
    [status.UNAVAILABLE, 'SERVICE_UNAVAILABLE', 'unavailable'],
    [status.DEADLINE_EXCEEDED, 'DEADLINE_EXCEEDED', 'deadline_exceeded'],
    [status.CANCELLED, 'CANCELLED', 'cancelled'],
    [status.UNAUTHENTICATED, 'UNAUTHENTICATED', 'unauthenticated'],
    [status.RESOURCE_EXHAUSTED, 'RATE_LIMITED', 'resource_exhausted'],
    [status.UNKNOWN, 'INTERNAL', 'internal'],
    [status.DATA_LOSS, 'INTERNAL', 'internal'],
  ])('is the built-in failure that fits: %i', (code, expected, kind) => {
    expect(decodeFailure({ code, details: 'x', metadata: new Metadata() })).toEqual({
      code: expected,
      kind,
      detail: 'x',
    });
  });

  it('is read in spite of details that are garbage', () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([255]));
    expect(decodeFailure({ code: status.ABORTED, details: 'x', metadata }).code).toBe('INTERNAL');
  });
});
