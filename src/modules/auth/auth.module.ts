import { Module, type Provider } from '@nestjs/common';
import { handlers } from '../../contract/handlers.js';
import { RedisConnection } from '../../platform/cache/redis-connection.js';
import { PrismaDatabase } from '../../platform/database/prisma-database.js';
import { Argon2PasswordHasher } from '../../platform/security/argon2-password-hasher.js';
import { AccessTokens } from './application/access-tokens.js';
import { Accounts } from './application/accounts.js';
import { AdministeredAccounts } from './application/administered-accounts.js';
import { AuthSettings } from './application/auth-settings.js';
import { BootstrapAdministrator } from './application/bootstrap-administrator.js';
import { ChangeAccountEmailHandler } from './application/change-account-email.js';
import { ChangeAccountRoleHandler } from './application/change-account-role.js';
import { CloseAccountHandler } from './application/close-account.js';
import { DisableAccountHandler } from './application/disable-account.js';
import { EnableAccountHandler } from './application/enable-account.js';
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
import { AccountReconciler } from './interface/account-reconciler.js';

const commandHandlers = handlers(
  RegisterHandler,
  LoginHandler,
  RefreshSessionHandler,
  LogoutHandler,
  ChangeAccountRoleHandler,
  DisableAccountHandler,
  EnableAccountHandler,
  CloseAccountHandler,
  ChangeAccountEmailHandler,
);

const queryHandlers = handlers(ListAccountsHandler, ListRevocationsHandler);

const services: Provider[] = [
  AdministeredAccounts,
  NewPasswords,
  Registration,
  SignIns,
  SignOuts,
  LoginThrottle,
  SettleAccounts,
  BootstrapAdministrator,
];

const repositories: Provider[] = [
  { provide: Accounts, useClass: PrismaAccounts },
  {
    provide: Sessions,
    inject: [PrismaDatabase, { token: RedisConnection, optional: true }],
    useFactory: (database: PrismaDatabase, redis?: RedisConnection): Sessions =>
      redis === undefined ? new PrismaSessions(database) : new RedisSessions(redis),
  },
];

const security: Provider[] = [
  { provide: PasswordHasher, useExisting: Argon2PasswordHasher },
  { provide: PasswordPolicy, useClass: ConfiguredPasswordPolicy },
  { provide: AccessTokens, useClass: JwtAccessTokens },
  { provide: RefreshTokens, useClass: CryptoRefreshTokens },
  { provide: AuthSettings, useClass: ConfiguredAuthSettings },
];

const schedules: Provider[] = [AccountReconciler];

/** Without repositories, so that tests can use others. */
export const authUseCases: readonly Provider[] = [...commandHandlers, ...queryHandlers, ...services];

@Module({
  providers: [...authUseCases, ...repositories, ...security, ...schedules],
})
export class AuthModule {}
