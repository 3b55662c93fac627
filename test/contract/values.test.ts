import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Email, Id, Timestamp, timestampOf } from '../../src/contract/values.js';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: string) =>
  schema.safeParse(value).success;

describe('an email address', () => {
  const label = 'd'.repeat(63);

  it.each([
    'ada@example.com',
    "o'hara+filter_1@mail.example.co.uk",
    `${'a'.repeat(64)}@example.com`,
    `a.b-c@${label}.com`,
    `a@${label}.${'t'.repeat(63)}`,
    'a@3-com.xn--p1ai.com',
    `${'a'.repeat(64)}@${`${label}.`.repeat(2)}${'e'.repeat(57)}.com`,
  ])('of RFC 5321 is taken: %s', (email) => {
    expect(accepts(Email, email)).toBe(true);
  });

  it.each([
    ['a label that ends in a hyphen', 'a@b-.com'],
    ['a label that begins with a hyphen', 'a@-b.com'],
    ['an inner label that ends in a hyphen', 'a@b-.c.com'],
    ['a local part of 65 octets', `${'a'.repeat(65)}@example.com`],
    ['a local part of 65 octets with dots', `${'a.'.repeat(32)}a@example.com`],
    ['a label of 64 octets', `a@${label}d.com`],
    ['a last label of 64 octets', `a@example.${'t'.repeat(64)}`],
    ['255 octets', `${'a'.repeat(64)}@${`${label}.`.repeat(2)}${'e'.repeat(58)}.com`],
    ['two dots', 'a..b@example.com'],
    ['a dot at the begin', '.a@example.com'],
    ['a dot before the @', 'a.@example.com'],
    ['an empty label', 'a@example..com'],
    ['one label', 'a@localhost'],
    ['a line break', 'a@example.com\n'],
    ['two @', 'a@b@example.com'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['a letter beyond ASCII', 'ä@example.com'],
    ['NUL', 'a\0@example.com'],
  ])('with %s is refused', (_what, email) => {
    expect(accepts(Email, email)).toBe(false);
  });

  test('of a megabyte is refused', () => {
    for (const hostile of [
      `a@${'b'.repeat(1e6)}`,
      `${'a.'.repeat(5e5)}@`,
      `a@${'b-'.repeat(5e5)}`,
      `a@${'b.'.repeat(5e5)}`,
    ])
      expect(accepts(Email, hostile)).toBe(false);
  });
});

describe('an id', () => {
  it('is the same in upper case', () => {
    expect(Id.parse('0190A6A0-0000-7000-8000-00000000000F')).toBe('0190a6a0-0000-7000-8000-00000000000f');
  });

  it.each([
    'c9a646d3-9c61-1cb7-b1a2-0123456789ab',
    '01890000-0000-7000-8000-000000000001',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '6b29fc40-ca47-1067-d31d-00dd010662da',
  ])('is a UUID of any version and variant: %s', (id) => {
    expect(accepts(Id, id)).toBe(true);
  });

  it.each(['', '{01890000-0000-7000-8000-000000000001}', '01890000000070008000000000000001', 'urn:uuid:x'])(
    'is not "%s"',
    (id) => {
      expect(accepts(Id, id)).toBe(false);
    },
  );
});

describe('a timestamp', () => {
  it.each([
    ['2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59.9999-00:30', '1970-01-01T00:29:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('becomes UTC: %s', (given, utc) => {
    expect(Timestamp.parse(given)).toBe(utc);
  });

  it.each(['9999-12-31T23:59:59-00:01', '0001-01-01T00:00:00+00:01', '0000-06-01T00:00:00Z'])(
    'whose year in UTC has no four digits, or is 0, is refused: %s',
    (given) => {
      expect(Timestamp.safeParse(given).error?.issues).toMatchObject([{ code: 'custom' }]);
    },
  );

  it.each(['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T00:00:60Z', '2026-01-01T00:00Z'])(
    'that is none has one issue: %s',
    (given) => {
      expect(Timestamp.safeParse(given).error?.issues).toMatchObject([{ code: 'invalid_format' }]);
    },
  );
});

describe('the text of an instant', () => {
  it('is that of toISOString', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(timestampOf(date)).toBe(date.toISOString());
      }),
    );
  });

  it('does not exist for an invalid date', () => {
    expect(() => timestampOf(new Date(Number.NaN))).toThrow(RangeError);
  });
});
