import { type FactoryProvider, Module } from '@nestjs/common';
import { TokenVerifier } from '../../pipeline/token-verifier.js';
import { Configuration } from '../config/configuration.js';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { JoseTokenVerifier } from './jose-token-verifier.js';
import { TokenIssuer } from './token-issuer.js';
import { loadTokenKeys, TokenKeys } from './token-keys.js';

const tokenKeys: FactoryProvider<TokenKeys> = {
  provide: TokenKeys,
  inject: [Configuration],
  useFactory: ({ security }: Configuration) => loadTokenKeys(security.tokens),
};

const tokenIssuer: FactoryProvider<TokenIssuer> = {
  provide: TokenIssuer,
  inject: [TokenKeys, Configuration],
  useFactory: (keys: TokenKeys, { security }: Configuration) => new TokenIssuer(keys, security.tokens),
};

const tokenVerifier: FactoryProvider<TokenVerifier> = {
  provide: TokenVerifier,
  inject: [TokenKeys, Configuration],
  useFactory: (keys: TokenKeys, { security, serviceName }: Configuration) =>
    new JoseTokenVerifier(keys, { ...security.tokens, service: serviceName }),
};

const passwordHasher: FactoryProvider<Argon2PasswordHasher> = {
  provide: Argon2PasswordHasher,
  inject: [Configuration],
  useFactory: ({ security }: Configuration) => new Argon2PasswordHasher(security.passwordHashing),
};

const providers = [tokenKeys, tokenIssuer, tokenVerifier, passwordHasher];

@Module({ providers, exports: providers })
export class SecurityModule {}
