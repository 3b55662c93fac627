import type { Type } from '@nestjs/common';
import type { ModuleContract } from '../contract/module.js';
import { auth } from '../modules/auth/contract/index.js';
import { users } from '../modules/users/contract/index.js';
import type { Configuration } from '../platform/config/configuration.js';

export interface AppModule {
  readonly contract: ModuleContract;
  /** A function, so that a process loads only the modules that it runs. */
  readonly load: () => Promise<Type>;
}

export const appModules = {
  auth: { contract: auth, load: async () => (await import('../modules/auth/auth.module.js')).AuthModule },
  users: { contract: users, load: async () => (await import('../modules/users/users.module.js')).UsersModule },
} as const satisfies Record<string, AppModule>;

export const moduleContracts: readonly ModuleContract[] = Object.values(appModules).map(({ contract }) => contract);

export const operationIds: ReadonlySet<string> = new Set(
  moduleContracts.flatMap(({ operations }) => operations.map(({ id }) => id)),
);

export const longestCallMs = ({ limits }: Configuration): number =>
  Math.max(
    limits.requestDeadlineMs,
    ...moduleContracts.flatMap(({ operations }) => operations.map(({ spec }) => spec.deadlineMs ?? 0)),
  );
