import type { DynamicModule } from '@nestjs/common';
import { TokenVerifier } from '../../pipeline/token-verifier.js';
import { Configuration } from '../config/configuration.js';
import { factory, globalModule } from '../nest/providers.js';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { JoseTokenVerifier } from './jose-token-verifier.js';
import { TokenIssuer } from './token-issuer.js';
import { loadTokenKeys, TokenKeys } from './token-keys.js';

class SecurityModule {}

export const securityModule = (): DynamicModule =>
  globalModule(SecurityModule, [
    factory(TokenKeys, [Configuration], ({ security }) => loadTokenKeys(security.tokens)),
    factory(TokenIssuer, [TokenKeys, Configuration], (keys, { security }) => new TokenIssuer(keys, security.tokens)),
    factory(
      TokenVerifier,
      [TokenKeys, Configuration],
      (keys, { security, serviceName }) => new JoseTokenVerifier(keys, { ...security.tokens, service: serviceName }),
    ),
    factory(
      Argon2PasswordHasher,
      [Configuration],
      ({ security }) => new Argon2PasswordHasher(security.passwordHashing),
    ),
  ]);
