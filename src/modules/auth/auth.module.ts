import { type Abstract, Module, type Provider } from '@nestjs/common';
import { handlers } from '../../contract/handlers.js';
import { RedisConnection } from '../../platform/cache/redis-connection.js';
import { Configuration } from '../../platform/config/configuration.js';
import { CurrentRates } from '../../platform/config/current-rates.js';
import { PrismaDatabase } from '../../platform/database/prisma-database.js';
import { Argon2PasswordHasher } from '../../platform/security/argon2-password-hasher.js';
import { TokenIssuer } from '../../platform/security/token-issuer.js';
import { Bus } from '../../ports/bus.js';
import { Clock } from '../../ports/clock.js';
import { CurrentCall } from '../../ports/current-call.js';
import { RateLimiter } from '../../ports/rate-limiter.js';
import { Revocations } from '../../ports/revocations.js';
import { UnitOfWork } from '../../ports/unit-of-work.js';
import { AccessTokens } from './application/access-tokens.js';
import { Accounts } from './application/accounts.js';
import { AuthSettings } from './application/auth-settings.js';
import { BootstrapAdministrator } from './application/bootstrap-administrator.js';
import { ChangeAccountEmailHandler } from './application/change-account-email.js';
import { CloseAccountHandler } from './application/close-account.js';
import { ListAccountsHandler } from './application/list-accounts.js';
import { ListRevocationsHandler } from './application/list-revocations.js';
import { LoginHandler } from './application/login.js';
import { LoginThrottle } from './application/login-throttle.js';
import { LogoutHandler } from './application/logout.js';
import { NewPasswords } from './application/new-passwords.js';
import { PasswordHasher } from './application/password-hasher.js';
import { PasswordPolicy } from './application/password-policy.js';
import { RefreshSessionHandler } from './application/refresh-session.js';
import { RefreshTokens } from './application/refresh-tokens.js';
import { RegisterHandler } from './application/register.js';
import { Registration } from './application/registration.js';
import { Sessions } from './application/sessions.js';
import { SettleAccounts } from './application/settle-accounts.js';
import { SignIns } from './application/sign-ins.js';
import { SignOuts } from './application/sign-outs.js';
import { ConfiguredAuthSettings } from './infrastructure/configured-auth-settings.js';
import { ConfiguredPasswordPolicy } from './infrastructure/configured-password-policy.js';
import { CryptoRefreshTokens } from './infrastructure/crypto-refresh-tokens.js';
import { JwtAccessTokens } from './infrastructure/jwt-access-tokens.js';
import { PrismaAccounts } from './infrastructure/prisma-accounts.repository.js';
import { PrismaSessions } from './infrastructure/prisma-sessions.repository.js';
import { RedisSessions } from './infrastructure/redis-sessions.repository.js';
import { AccountUpkeep } from './interface/account-upkeep.js';

type Injected<Ports extends readonly unknown[]> = { readonly [P in keyof Ports]: Abstract<Ports[P]> };

/** A class that has no decorator to tell Nest what its constructor takes. */
function plain<Ports extends unknown[]>(target: new (...ports: Ports) => object, inject: Injected<Ports>): Provider {
  return { provide: target, inject: [...inject], useFactory: (...ports: Ports) => new target(...ports) };
}

const commandHandlers = handlers(
  RegisterHandler,
  LoginHandler,
  RefreshSessionHandler,
  LogoutHandler,
  CloseAccountHandler,
  ChangeAccountEmailHandler,
);

const queryHandlers = handlers(ListAccountsHandler, ListRevocationsHandler);

const services: Provider[] = [
  plain(NewPasswords, [PasswordPolicy, PasswordHasher]),
  plain(Registration, [Accounts, NewPasswords, Bus, UnitOfWork, CurrentCall, Clock]),
  plain(SignIns, [Accounts, Sessions, AccessTokens, RefreshTokens, AuthSettings, Clock]),
  plain(SignOuts, [Sessions, Revocations, AccessTokens, Clock]),
  plain(LoginThrottle, [RateLimiter, AuthSettings, CurrentCall]),
  plain(SettleAccounts, [Accounts, Registration, Bus, UnitOfWork, Clock]),
  plain(BootstrapAdministrator, [Accounts, Registration, PasswordHasher]),
];

const repositories: Provider[] = [
  {
    provide: Accounts,
    inject: [PrismaDatabase],
    useFactory: (database: PrismaDatabase) => new PrismaAccounts(database),
  },
  {
    provide: Sessions,
    inject: [PrismaDatabase, { token: RedisConnection, optional: true }],
    useFactory: (database: PrismaDatabase, redis?: RedisConnection): Sessions =>
      redis === undefined ? new PrismaSessions(database) : new RedisSessions(redis),
  },
];

const security: Provider[] = [
  { provide: PasswordHasher, useExisting: Argon2PasswordHasher },
  {
    provide: PasswordPolicy,
    inject: [Configuration],
    useFactory: ({ security: { passwordPolicy } }: Configuration) => new ConfiguredPasswordPolicy(passwordPolicy),
  },
  {
    provide: AccessTokens,
    inject: [TokenIssuer, Configuration],
    useFactory: (issuer: TokenIssuer, { security: { tokens } }: Configuration) =>
      new JwtAccessTokens(issuer, tokens.accessTokenSeconds),
  },
  { provide: RefreshTokens, useClass: CryptoRefreshTokens },
  {
    provide: AuthSettings,
    inject: [Configuration, CurrentRates],
    useFactory: (configuration: Configuration, rates: CurrentRates) => new ConfiguredAuthSettings(configuration, rates),
  },
];

const schedules: Provider[] = [
  {
    provide: AccountUpkeep,
    inject: [BootstrapAdministrator, SettleAccounts, Sessions, Clock, Configuration],
    useFactory: (
      administrator: BootstrapAdministrator,
      settle: SettleAccounts,
      sessions: Sessions,
      clock: Clock,
      { bootstrapAdmin }: Configuration,
    ) => new AccountUpkeep(administrator, settle, sessions, clock, bootstrapAdmin),
  },
];

/** Use cases and what they are made of, to run over other repositories too. */
export const authUseCases: readonly Provider[] = [...commandHandlers, ...queryHandlers, ...services];

/** Needs the pipeline and the global providers of src/platform. */
@Module({
  providers: [...authUseCases, ...repositories, ...security, ...schedules],
})
export class AuthModule {}
