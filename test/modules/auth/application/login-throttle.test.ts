import { expect, test } from 'vitest';
import { LoginThrottle } from '../../../../src/modules/auth/application/login-throttle.js';
import { TooManyAttempts } from '../../../../src/modules/auth/contract/index.js';
import { EmailAddress } from '../../../../src/modules/auth/domain/email-address.js';
import { ConfiguredAuthSettings } from '../../../../src/modules/auth/infrastructure/configured-auth-settings.js';
import { MemoryRateLimiter } from '../../../../src/platform/cache/memory-rate-limiter.js';
import { loadConfiguration } from '../../../../src/platform/config/load-configuration.js';
import { CurrentRates } from '../../../../src/platform/config/rates.js';
import type { CurrentCall } from '../../../../src/ports/current-call.js';

const call: CurrentCall = {
  userId: undefined,
  sessionId: undefined,
  tenant: '00000000-0000-0000-0000-000000000000',
  network: '192.0.2.1',
  signal: new AbortController().signal,
  rows: () => 'all',
};

test('while limits are off every attempt is allowed and none is counted; they count as soon as they are on', async () => {
  const configuration = loadConfiguration({ RATE_LIMITS: 'login=1/1m' });
  const on = configuration.limits.rates;
  const rates = new CurrentRates({ ...on, enabled: false });
  const settings = new ConfiguredAuthSettings(configuration, rates);
  const throttle = new LoginThrottle(new MemoryRateLimiter(), settings, call);
  const email = EmailAddress.of('a@example.com');
  for (let attempt = 0; attempt < 3; attempt++) await throttle.count(email);
  await throttle.refuseTooMany(email);

  rates.value = on;
  await throttle.refuseTooMany(email);
  await throttle.count(email);
  await expect(throttle.refuseTooMany(email)).rejects.toThrow(TooManyAttempts);
  await expect(throttle.count(email)).rejects.toThrow(TooManyAttempts);
  await throttle.forgetFailures(email);
  await throttle.count(email);
});
