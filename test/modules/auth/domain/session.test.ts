import { describe, expect, test } from 'vitest';
import { newId } from '../../../../src/contract/values.js';
import {
  formatRefreshToken,
  parseRefreshToken,
  SHARED_LENGTH,
} from '../../../../src/modules/auth/domain/refresh-token.js';
import { Session } from '../../../../src/modules/auth/domain/session.js';

const start = Date.parse('2026-01-01T00:00:00.000Z');
const at = (milliseconds: number) => new Date(start + milliseconds);
const hashOf = (token: string, shared = 'x') => `${shared.repeat(SHARED_LENGTH)}${token}`;
const opened = Session.open({
  id: newId(),
  tenantId: newId(),
  userId: newId(),
  tokenHash: hashOf('first'),
  now: at(0),
  lifetimeSeconds: 60,
});

describe('a session', () => {
  test('is renewed by its current token', () => {
    expect(opened.judge(hashOf('first'), at(0))).toBe('CURRENT');
    expect(opened.rotate(hashOf('second'), at(1)).judge(hashOf('second'), at(1))).toBe('CURRENT');
  });

  test('overlooks the token before the current one for five seconds', () => {
    const renewed = opened.rotate(hashOf('second'), at(1000));
    expect(renewed.judge(hashOf('first'), at(6000))).toBe('SUPERSEDED');
    expect(renewed.judge(hashOf('first'), at(6001))).toBe('REPLAYED');
  });

  test('takes an older token for a copy', () => {
    const renewed = opened.rotate(hashOf('second'), at(1)).rotate(hashOf('third'), at(2));
    expect(renewed.judge(hashOf('first'), at(3))).toBe('REPLAYED');
  });

  test('does not recognize a token of another session', () => {
    for (const session of [opened, opened.rotate(hashOf('second'), at(1))])
      for (const shared of ['y', '']) expect(session.judge(hashOf('first', shared), at(3))).toBe('UNKNOWN');
  });

  test('expires at the same moment however often it is renewed', () => {
    const renewed = opened.rotate(hashOf('second'), at(30_000));
    expect(renewed.isExpired(at(59_999))).toBe(false);
    expect(renewed.isExpired(at(60_000))).toBe(true);
  });
});

describe('a refresh token', () => {
  test('names its session and carries a secret', () => {
    const token = { sessionId: newId(), secret: 'c2VjcmV0' };
    expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
  });

  test.each(['', '.', 'secret', `${newId()}.`, `.${newId()}`, `${newId()}.a.b`, 'no-uuid.secret'])(
    'is not what does not look like one: "%s"',
    (token) => expect(parseRefreshToken(token)).toBeUndefined(),
  );
});
