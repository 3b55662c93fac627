import { randomBytes } from 'node:crypto';
import type { Abstract, DynamicModule, Provider } from '@nestjs/common';
import { describe as descriptorOf } from '../../src/contract/module.js';
import type { AnyOperationClass, Operation, OutputOf } from '../../src/contract/operation.js';
import { AccessTokens } from '../../src/modules/auth/application/access-tokens.js';
import { Accounts } from '../../src/modules/auth/application/accounts.js';
import { AuthSettings } from '../../src/modules/auth/application/auth-settings.js';
import { PasswordHasher } from '../../src/modules/auth/application/password-hasher.js';
import { PasswordPolicy } from '../../src/modules/auth/application/password-policy.js';
import { RefreshTokens } from '../../src/modules/auth/application/refresh-tokens.js';
import { Sessions } from '../../src/modules/auth/application/sessions.js';
import { authUseCases } from '../../src/modules/auth/auth.module.js';
import { auth, Register } from '../../src/modules/auth/contract/index.js';
import { ConfiguredPasswordPolicy } from '../../src/modules/auth/infrastructure/configured-password-policy.js';
import { CryptoRefreshTokens } from '../../src/modules/auth/infrastructure/crypto-refresh-tokens.js';
import { JwtAccessTokens } from '../../src/modules/auth/infrastructure/jwt-access-tokens.js';
import { Users } from '../../src/modules/users/application/users.js';
import { users } from '../../src/modules/users/contract/index.js';
import { userUseCases } from '../../src/modules/users/users.module.js';
import { Call } from '../../src/pipeline/call.js';
import { IdempotencyLog } from '../../src/pipeline/idempotency.js';
import { TokenVerifier } from '../../src/pipeline/token-verifier.js';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import { Argon2PasswordHasher } from '../../src/platform/security/argon2-password-hasher.js';
import { JoseTokenVerifier } from '../../src/platform/security/jose-token-verifier.js';
import { TokenIssuer } from '../../src/platform/security/token-issuer.js';
import { loadTokenKeys } from '../../src/platform/security/token-keys.js';
import { Clock } from '../../src/ports/clock.js';
import { UnitOfWork } from '../../src/ports/unit-of-work.js';
import { runCall } from '../pipeline/run-call.js';
import { createSpecimenApplication, type SpecimenApplication } from '../support/specimen-application.js';
import { type Adapters, memoryAdapters } from './adapters.js';

/** Starts at the current time and advances on demand. */
export class MovableClock extends Clock {
  #ahead = 0;

  override now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  advance(seconds: number): void {
    this.#ahead += seconds * 1000;
  }
}

export interface Caller {
  /** Without `Bearer`. */
  readonly token?: string;
  readonly idempotencyKey?: string;
  readonly address?: string;
  /** Aborted when the caller goes away. */
  readonly signal?: AbortSignal;
}

export interface ModulesApplication {
  readonly clock: MovableClock;
  readonly adapters: Adapters;
  readonly specimen: SpecimenApplication;
  /** As a transport does it: the whole pipeline, from the caller's token on. */
  call<M extends Operation>(message: M, caller?: Caller): Promise<OutputOf<M>>;
  /** A new user who can log in. */
  register(particulars?: { email?: string; password?: string; name?: string }): Promise<OutputOf<Register>>;
  adminToken(): Promise<string>;
  close(): Promise<void>;
}

export interface ModulesOptions {
  readonly adapters?: Adapters;
  /** Protocols, say. */
  readonly imports?: readonly DynamicModule[];
  readonly failuresOfAccount?: number;
  readonly failuresFromAddress?: number;
  readonly passwordPolicy?: 'strict' | 'lax';
  /** In place of the access tokens it is given. */
  readonly accessTokens?: (tokens: AccessTokens) => AccessTokens;
}

const tokenSettings = {
  issuer: 'modules',
  audience: 'modules',
  secret: randomBytes(32).toString('hex'),
  publicKeyFiles: [],
  accessTokenSeconds: 900,
  refreshTokenSeconds: 86_400,
};

export const password = 'correct horse battery';
let addresses = 0;

/** One that no test has used yet. */
export const freshEmail = (): string => `user-${process.pid}-${++addresses}@example.com`;

const value = <T extends object>(provide: Abstract<T>, useValue: T): Provider => ({ provide, useValue });

/** Both modules over one engine, with the pipeline before them and no protocol. */
export async function createModulesApplication(options: ModulesOptions = {}): Promise<ModulesApplication> {
  const adapters = options.adapters ?? (await memoryAdapters());
  const clock = new MovableClock();
  const { accessTokens = (tokens) => tokens } = options;
  const keys = await loadTokenKeys(tokenSettings);
  const issuer = new TokenIssuer(keys, tokenSettings);
  const settings: AuthSettings = {
    sessionSeconds: tokenSettings.refreshTokenSeconds,
    limitsFailures: true,
    failuresOfAccount: { name: 'login', quota: options.failuresOfAccount ?? 5, windowSeconds: 900 },
    failuresFromAddress: { name: 'login-address', quota: options.failuresFromAddress ?? 1_000, windowSeconds: 900 },
  };
  const specimen = await createSpecimenApplication({
    imports: options.imports ?? [],
    modules: [users, auth],
    rateLimiter: new MemoryRateLimiter(),
    providers: [
      value(TokenVerifier, new JoseTokenVerifier(keys, { ...tokenSettings, service: 'specimens' })),
      value(IdempotencyLog, adapters.log),
      value(UnitOfWork, adapters.unitOfWork),
    ],
    handlers: [
      ...userUseCases,
      ...authUseCases,
      value(Clock, clock),
      value(Users, adapters.users),
      value(Accounts, adapters.accounts),
      value(Sessions, adapters.sessions),
      value(PasswordHasher, new Argon2PasswordHasher({ concurrency: 2, queueLength: 1_000 })),
      value(
        PasswordPolicy,
        new ConfiguredPasswordPolicy({ security: { passwordPolicy: options.passwordPolicy ?? 'strict' } }),
      ),
      value(AccessTokens, accessTokens(new JwtAccessTokens(issuer, { security: { tokens: tokenSettings } }))),
      value(RefreshTokens, new CryptoRefreshTokens()),
      value(AuthSettings, settings),
    ],
  });
  const call = caller(specimen);
  return {
    clock,
    adapters,
    specimen,
    call,
    register: (particulars = {}) => call(new Register({ email: freshEmail(), password, ...particulars })),
    adminToken: async () => {
      const subject = { userId: crypto.randomUUID(), sessionId: crypto.randomUUID(), role: 'ADMIN' };
      return (await issuer.issue(subject)).token;
    },
    close: async () => {
      await specimen.close();
      await adapters.close();
    },
  };
}

const asIs = (given: unknown): unknown => given;

function caller({ pipeline }: SpecimenApplication): ModulesApplication['call'] {
  return async <M extends Operation>(
    message: M,
    { token, idempotencyKey, address = '192.0.2.1', signal }: Caller = {},
  ) => {
    const operation = descriptorOf(message.constructor as unknown as AnyOperationClass);
    const authorization = token === undefined ? undefined : `Bearer ${token}`;
    const inbound = { protocol: 'rest', address, authorization, idempotencyKey } as const;
    const context = pipeline.begin(inbound, operation);
    signal?.addEventListener('abort', () => pipeline.cancel(context), { once: true });
    return (await runCall(pipeline, new Call(operation, context, message.input, asIs))) as OutputOf<M>;
  };
}
