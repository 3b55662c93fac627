import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, test } from 'vitest';
import { TokenVerifier } from '../../../src/pipeline/token-verifier.js';
import { configModule } from '../../../src/platform/config/config.module.js';
import { loadConfiguration } from '../../../src/platform/config/load-configuration.js';
import { Argon2PasswordHasher } from '../../../src/platform/security/argon2-password-hasher.js';
import { securityModule } from '../../../src/platform/security/security.module.js';
import { TokenIssuer } from '../../../src/platform/security/token-issuer.js';
import { TokenKeys } from '../../../src/platform/security/token-keys.js';

test('a process verifies what it issues, by its configuration', async () => {
  const configuration = loadConfiguration({ JWT_ISSUER: 'https://id.example.com', ACCESS_TOKEN_SECONDS: '60' });
  @Module({ imports: [configModule(configuration), securityModule()] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const [issuer, verifier] = [app.get(TokenIssuer, { strict: false }), app.get(TokenVerifier, { strict: false })];
  const { token } = await issuer.issue({ userId: 'u', sessionId: 's', role: 'USER' });
  const claims = await verifier.verify(token);
  expect(claims.exp - Math.floor(claims.iat)).toBe(60);
  const own = await issuer.issueServiceToken({ service: 'auth', audience: 'monolith' });
  expect(await verifier.verifyService(own.token)).toMatchObject({ service: 'auth' });
  expect(app.get(TokenKeys, { strict: false }).published).toEqual({ keys: [] });
  const hasher = app.get(Argon2PasswordHasher, { strict: false });
  expect((await hasher.verify('password123', await hasher.hash('password123'))).valid).toBe(true);
  await app.close();
});
