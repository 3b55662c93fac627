import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { describe as descriptorOf } from '../../../src/contract/module.js';
import { remoteFailure } from '../../../src/remote/grpc/remote-failure.js';
import { isUnsent } from '../../../src/remote/resilience/outage.js';
import { DiscardSpecimen } from '../../fixtures/specimens/specimens.operations.js';

const failure = (code: status, details: string) => {
  const error: ServiceError = Object.assign(new Error(details), { code, details, metadata: new Metadata() });
  return remoteFailure(descriptorOf(DiscardSpecimen), error);
};

/** As grpc-js and Node put it. */
const notTaken: readonly [status, string][] = [
  [status.UNAVAILABLE, 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: '],
  [status.UNAVAILABLE, 'Stream refused by server'],
  [status.UNAVAILABLE, 'Write error: Stream closed with error code NGHTTP2_REFUSED_STREAM'],
  [status.INTERNAL, 'Failed to start HTTP/2 stream with error The session has been destroyed'],
  [
    status.INTERNAL,
    'Received RST_STREAM with code 2 triggered by internal client error: New streams cannot be created after receiving a GOAWAY',
  ],
];

const perhapsTaken: readonly [status, string][] = [
  [status.UNAVAILABLE, 'Connection dropped'],
  [status.UNAVAILABLE, 'Write error: write EPIPE'],
  [status.INTERNAL, 'Received RST_STREAM with code 2 (Internal server error)'],
];

describe('a call that ended without an answer', () => {
  test.each(notTaken)('has not been taken: %i %s', (code, details) => {
    expect(failure(code, details)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(isUnsent(failure(code, details))).toBe(true);
  });

  test.each(perhapsTaken)('may have been taken: %i %s', (code, details) => {
    expect(failure(code, details)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(isUnsent(failure(code, details))).toBe(false);
  });
});
