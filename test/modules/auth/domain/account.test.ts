import { describe, expect, test } from 'vitest';
import { newId } from '../../../../src/contract/values.js';
import { Account } from '../../../../src/modules/auth/domain/account.js';
import { EmailAddress } from '../../../../src/modules/auth/domain/email-address.js';

const [reserved, later] = [new Date('2026-01-01'), new Date('2026-01-02')];
const attemptId = newId();
const reservation = Account.reserve({
  userId: newId(),
  tenantId: newId(),
  email: EmailAddress.of('Ada@example.com'),
  passwordHash: 'first',
  role: 'ADMIN',
  attemptId,
  now: reserved,
});

describe('a reserved account', () => {
  test('is not active and belongs to its attempt', () => {
    expect(reservation).toMatchObject({ status: 'PENDING', isActive: false, disabled: false });
    expect(reservation.email.value).toBe('ada@example.com');
    expect(reservation.isReservedBy(attemptId)).toBe(true);
    expect(reservation.isReservedBy(newId())).toBe(false);
  });

  test('keeps nothing but its user and address when a later attempt takes it over', () => {
    const attempt = { attemptId: newId(), passwordHash: 'second', role: 'USER' } as const;
    const taken = reservation.takeOver(attempt, later);
    expect(taken).toMatchObject({ ...attempt, userId: reservation.userId, createdAt: reserved, updatedAt: later });
    expect(taken.isReservedBy(attemptId)).toBe(false);
  });

  test('is activated once, and cannot be taken over afterwards', () => {
    const active = reservation.activate(later);
    expect(active).toMatchObject({ status: 'ACTIVE', isActive: true, passwordHash: 'first', role: 'ADMIN' });
    expect(active.isReservedBy(attemptId)).toBe(false);
    expect(() => active.activate(later)).toThrow('ACTIVE');
    expect(() => active.takeOver({ attemptId: newId(), passwordHash: 'x', role: 'USER' }, later)).toThrow('ACTIVE');
  });
});

describe('an active account', () => {
  const active = reservation.activate(later);
  const muchLater = new Date('2026-01-03');

  test('is changed in its role or disabled, at that moment', () => {
    expect(active.changeRole('USER', muchLater)).toMatchObject({ role: 'USER', updatedAt: muchLater });
    const disabled = active.disable(muchLater);
    expect(disabled).toMatchObject({ disabled: true, role: 'ADMIN', updatedAt: muchLater });
    expect(disabled.enable(muchLater)).toMatchObject({ disabled: false, role: 'ADMIN', updatedAt: muchLater });
  });

  test('is the same one where nothing changes', () => {
    expect(active.changeRole('ADMIN', muchLater)).toBe(active);
    expect(active.enable(muchLater)).toBe(active);
    const disabled = active.disable(later);
    expect(disabled.disable(muchLater)).toBe(disabled);
  });

  test('is an administrator while it has that role and is not disabled', () => {
    expect(active.isAdministrator).toBe(true);
    const others = [reservation, active.changeRole('USER', later), active.disable(later), active.close(later)];
    for (const account of others) expect(account.isAdministrator).toBe(false);
  });
});

describe('a closed account', () => {
  test('has given its address and its password away', () => {
    const closed = reservation.activate(later).close(later);
    expect(closed).toMatchObject({ status: 'CLOSED', isActive: false, passwordHash: '', userId: reservation.userId });
    expect(closed.email.equals(reservation.email)).toBe(false);
  });

  test('has an address that nobody can register', () => {
    expect(() => EmailAddress.of(reservation.close(later).email.value)).toThrow();
  });
});
