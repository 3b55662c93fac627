import { Users } from '../../src/modules/users/application/users.js';
import { users } from '../../src/modules/users/contract/index.js';
import { userUseCases } from '../../src/modules/users/users.module.js';
import type { Tracer } from '../../src/pipeline/tracer.js';
import { MemoryRateLimiter } from '../../src/platform/cache/memory-rate-limiter.js';
import {
  createSpecimenApplication,
  type SpecimenApplication,
  type SpecimenOptions,
} from '../../test/support/specimen-application.js';
import type { Target } from '../target.js';
import { userId, usersInMemory } from './users.js';

const plenty = { quota: 1_000_000_000, windowSeconds: 1 };

export interface Binding extends Pick<SpecimenOptions, 'imports' | 'configure' | 'servers' | 'providers'> {
  readonly tracer?: Tracer;
}

/** The module of users with the whole pipeline before it: every step on, quotas that nobody reaches. */
export async function ourUsers({ tracer, ...binding }: Binding): Promise<SpecimenApplication> {
  return createSpecimenApplication({
    modules: [users],
    handlers: [...userUseCases, { provide: Users, useValue: await usersInMemory() }],
    rateLimiter: new MemoryRateLimiter(),
    pipeline: { limits: { enabled: true, address: plenty, caller: plenty, operations: {} }, tracer },
    ...binding,
  });
}

export async function listening(application: SpecimenApplication): Promise<Target> {
  await application.app.listen(0, '127.0.0.1');
  return { url: await application.app.getUrl(), token: await application.token('USER', userId), userId };
}
