import 'reflect-metadata';
import { Application } from '../../src/apps/application.js';
import { TokenIssuer } from '../../src/platform/security/token-issuer.js';
import { addressesOf, gateway } from '../../test/support/parts.js';
import { Child } from '../child.js';
import type { Target } from '../target.js';
import { type Environment, splitConfiguration } from './split-configuration.js';
import type { UserService } from './user-service-ours.js';
import { userId } from './users.js';

/** The api-gateway as it is before a user-service with its users in memory; `environment`: of both. */
export async function serve(environment: Environment = {}): Promise<Target> {
  const program = 'servers/user-service-ours.ts';
  const { child, first } = await Child.start<never, never, UserService>(program, [JSON.stringify(environment)]);
  const application = await Application.create(
    splitConfiguration({
      ...environment,
      SERVICE_NAME: gateway,
      // it serves operations of users only, and answers calls of others with a failure
      ...addressesOf(() => first.url),
    }),
  );
  const { http } = await application.listen();
  const session = { userId, sessionId: crypto.randomUUID(), role: 'USER' };
  const { token } = await application.get(TokenIssuer).issue(session);
  return { url: http, token, userId, processes: [child.pid] };
}
