import { describe, expect, test } from 'vitest';
import { newId } from '../../../../src/contract/values.js';
import { EmailAddress } from '../../../../src/modules/users/domain/email-address.js';
import { PersonName } from '../../../../src/modules/users/domain/person-name.js';
import { User } from '../../../../src/modules/users/domain/user.js';

describe('an email address', () => {
  test('is the same however it is spelled', () => {
    const one = EmailAddress.of(' Ada.Lovelace@Example.COM ');
    expect(one.value).toBe('ada.lovelace@example.com');
    expect(one.equals(EmailAddress.of('ada.lovelace@example.com'))).toBe(true);
    expect(one.equals(EmailAddress.of('ada@example.com'))).toBe(false);
  });

  test('is nothing else', () => {
    expect(() => EmailAddress.of('ada')).toThrow();
    expect(() => EmailAddress.of('')).toThrow();
  });
});

describe('the name of a person', () => {
  test('has no blanks around it and is composed', () => {
    expect(PersonName.of('  Zoe\u0308 ').value).toBe('Zo\u00eb');
  });

  test('has 1 to 200 characters', () => {
    expect(() => PersonName.of(' \u3000 ')).toThrow();
    for (const character of ['x', '\u{1f44d}']) {
      expect(() => PersonName.of(character.repeat(201))).toThrow();
      expect([...PersonName.of(character.repeat(200)).value]).toHaveLength(200);
    }
  });

  test('has no more of them when it is composed', () => {
    expect([...PersonName.of('\ufb2c'.repeat(66)).value]).toHaveLength(198);
    expect(() => PersonName.of('\ufb2c'.repeat(67))).toThrow();
  });
});

describe('a user', () => {
  const [created, later] = [new Date('2026-01-01'), new Date('2026-01-02')];
  const ada = User.create({
    id: newId(),
    tenantId: newId(),
    email: EmailAddress.of('ada@example.com'),
    name: PersonName.of('Ada'),
    now: created,
  });

  test('remembers when it was changed last', () => {
    expect(ada).toMatchObject({ createdAt: created, updatedAt: created });
    const renamed = ada.rename(PersonName.of('Ada Lovelace'), later);
    expect(renamed).toMatchObject({ id: ada.id, createdAt: created, updatedAt: later });
    expect(ada.name?.value).toBe('Ada');
  });

  test('is not changed by what it has already', () => {
    expect(ada.rename(PersonName.of(' Ada'), later)).toBe(ada);
    expect(ada.changeEmail(EmailAddress.of('ADA@example.com'), later)).toBe(ada);
    const nameless = ada.clearName(later);
    expect(nameless.name).toBeUndefined();
    expect(nameless.clearName(new Date())).toBe(nameless);
  });
});
