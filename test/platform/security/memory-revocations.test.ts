import { expect, test } from 'vitest';
import { MemoryRevocations } from '../../memory/memory-revocations.js';
import { revocationsBehaviour } from './revocations.behaviour.js';

revocationsBehaviour('revocations in memory', async (now) => new MemoryRevocations(now));

test('revocations in memory are forgotten after the last token they concern', async () => {
  let now = 1_000_000;
  const revocations = new MemoryRevocations(() => now);
  await revocations.revoke('session:old', 2000);
  now = 3_000_000;
  for (let index = 0; index < 300; index++) await revocations.revoke(`session:${index}`, 4000);
  expect(revocations.isRevoked({ sub: 'u', sid: 'old', iat: 900 })).toBe(false);
  expect(revocations.isRevoked({ sub: 'u', sid: '299', iat: 900 })).toBe(true);
});
