import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ServiceUnavailable } from '../../../src/contract/built-in-failures.js';
import { Argon2PasswordHasher } from '../../../src/platform/security/argon2-password-hasher.js';
import { passwordProblem } from '../../../src/platform/security/password-policy.js';

const hasher = new Argon2PasswordHasher({ concurrency: 1, queueLength: 10 });
const current = { valid: true, outdated: false };

describe('password hashes', () => {
  test('are argon2id PHC strings of at least 19 MiB and two passes, each with a salt of its own', async () => {
    const [one, other] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
  });

  test('verify their own password and no other', async () => {
    const stored = await hasher.hash('correct horse');
    expect(await hasher.verify('correct horse', stored)).toEqual(current);
    expect(await hasher.verify('correct horsf', stored)).toEqual({ valid: false, outdated: false });
  });

  test('verify the same characters however they are composed', async () => {
    const stored = await hasher.hash('cafe\u0301 au lait');
    expect(await hasher.verify('caf\u00e9 au lait', stored)).toEqual(current);
  });

  test('of the reference implementation of argon2 verify, and are outdated by their costs', async () => {
    // test.c of phc-winner-argon2: hashtest(version, 2, 8, 1, "password", "somesalt", …)
    const reference = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    expect(await hasher.verify('password', reference)).toEqual({ valid: true, outdated: true });
  });

  test.each([
    '',
    'plain',
    '$argon2i$v=19$m=19456,t=2,p=1$c29t$c29t',
    '$2b$10$abcdefghijklmnopqrstuv',
    '$scrypt$ln=14,r=8,p=1$c29t$c29t',
  ])('that are stored in an unknown format are an error, not a mismatch: %j', async (stored) => {
    await expect(hasher.verify('correct horse', stored)).rejects.toThrow('not argon2id in PHC format');
  });

  test('are not computed for a password longer than any policy admits', async () => {
    const closed = new Argon2PasswordHasher({ concurrency: 0, queueLength: 0 });
    const megabyte = 'x'.repeat(1024 * 1024);
    await expect(closed.hash(megabyte)).rejects.toThrow(RangeError);
    await expect(closed.verifyDummy(megabyte)).resolves.toBeUndefined();
    const verdict = await closed.verify(megabyte, await hasher.hash('correct horse'));
    expect(verdict.valid).toBe(false);
  });

  test('go through the queue for unknown addresses as well, and are refused when it is full', async () => {
    const narrow = new Argon2PasswordHasher({ concurrency: 1, queueLength: 1 });
    const stored = await narrow.hash('correct horse');
    const attempts = await Promise.allSettled([
      narrow.verifyDummy('correct horse'),
      narrow.verify('correct horse', stored),
      narrow.hash('correct horse'),
      narrow.verifyDummy('correct horse'),
    ]);
    expect(attempts.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(attempts.map((attempt) => 'reason' in attempt && attempt.reason instanceof ServiceUnavailable)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await expect(narrow.verify('correct horse', stored)).resolves.toEqual(current);
  });
});

describe('the password policy', () => {
  test.each<['strict' | 'lax', string, string | undefined]>([
    ['lax', 'password123', undefined],
    ['strict', 'password123', 'is one of the most common passwords'],
    ['strict', 'PassWord123', 'is one of the most common passwords'],
    ['strict', 'all lower case and blanks', undefined],
    ['strict', '一二三四五六七八', undefined],
    ['lax', 'seven77', 'must have at least 8 characters'],
    ['lax', '👍👍👍👍', 'must have at least 8 characters'],
    ['strict', '👍'.repeat(128), undefined],
    ['strict', '👍'.repeat(129), 'must have at most 128 characters'],
    ['lax', '\ufb2c'.repeat(42), undefined],
    ['lax', '\ufb2c'.repeat(43), 'must have at most 128 characters'],
    ['lax', 'e\u0301'.repeat(7), 'must have at least 8 characters'],
    ['lax', 'x'.repeat(129), 'must have at most 128 characters'],
  ])('%s: %s', (policy, password, fault) => {
    expect(passwordProblem(password, policy)).toBe(fault);
  });

  test('admits nothing that is too long to be hashed', async () => {
    const longest = '👍'.repeat(128);
    expect(passwordProblem(longest, 'strict')).toBeUndefined();
    expect(await hasher.verify(longest, await hasher.hash(longest))).toEqual(current);
    const free = new Argon2PasswordHasher({ concurrency: 1, queueLength: 0 });
    const anything = fc.array(fc.constantFrom('x', '👍', '\u0301', '\ufb2c', '\u{1d15e}'), { maxLength: 128 });
    const property = fc.asyncProperty(anything, async (characters) => {
      const password = characters.join('');
      if (passwordProblem(password, 'lax') === undefined) await free.hash(password);
    });
    await fc.assert(property, { numRuns: 20 });
  });
});
