import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/create-client.js';
import type { Protocol } from '../../src/contract/operation.js';
import { Login } from '../../src/modules/auth/contract/index.js';
import { GetMe } from '../../src/modules/users/contract/index.js';
import { hasMosquitto } from '../protocols/mqtt/shipped-mosquitto.js';
import { administer } from '../support/administer.js';
import { administratorExists } from '../support/administrator-exists.js';
import { hasOwnRedis } from '../support/own-redis.js';
import { composePaths } from './support/compose-files.js';
import { makeSecrets } from './support/compose-secrets.js';
import { ComposeStack } from './support/compose-stack.js';
import { hasPgBouncer } from './support/own-pgbouncer.js';
import { type ComposeRun, resolveCompose } from './support/resolved-compose.js';

const hasServers = [hasPgBouncer, hasOwnRedis, hasMosquitto].every(Boolean);
const production = {
  files: [composePaths.stack, composePaths.production],
  environment: { BOOTSTRAP_ADMIN_EMAIL: 'first@example.com' },
};

interface Case {
  readonly name: string;
  readonly run: ComposeRun;
  readonly open: string;
  readonly owner: string;
}

const cases: readonly Case[] = [
  { name: 'monolith', run: { profile: 'monolith' }, open: 'monolith', owner: 'monolith' },
  { name: 'split', run: { profile: 'split' }, open: 'api-gateway', owner: 'auth-service' },
  {
    name: 'split in production',
    run: { ...production, profile: 'split' },
    open: 'api-gateway',
    owner: 'auth-service',
  },
];

describe.skipIf(process.env.DOCKER_COMPOSE === undefined || !hasServers).for(cases)(
  'the containers of Compose as processes: $name',
  ({ run, open, owner }) => {
    let folder: string;
    let stack: ComposeStack;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'compose-'));
      stack = await ComposeStack.start(resolveCompose(run), makeSecrets(folder));
    });
    afterAll(async () => {
      await stack?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const administrator = async () => {
      const environment = stack.environment(owner);
      const { BOOTSTRAP_ADMIN_EMAIL: email = '', BOOTSTRAP_ADMIN_PASSWORD_FILE: file } = environment;
      return { email, password: file ? await readFile(file, 'utf8') : (environment.BOOTSTRAP_ADMIN_PASSWORD ?? '') };
    };

    const urls: readonly [Protocol, () => string][] = [
      ['rest', () => stack.url(open)],
      ['mqtt', () => stack.broker],
    ];
    test.each(urls)('the administrator of its variables signs in over %s', async (protocol, url) => {
      await administratorExists(await stack.databaseUrl(owner));
      let token: string | undefined;
      const client = createClient({ protocol, url: url(), token: () => token });
      const { email, password } = await administrator();
      ({ token } = await client.execute(new Login({ email, password })));
      expect((await client.execute(new GetMe())).email).toBe(email);
      await client.close();
    });

    test('the role of the product is no superuser, and makes databases for tests alone', async () => {
      const rows = await administer(
        await stack.databaseUrl(owner),
        'select rolsuper, rolcreatedb from pg_roles where rolname = current_user',
      );
      expect(rows).toEqual([{ rolsuper: false, rolcreatedb: run.files === undefined }]);
    });

    test('every process ends with 0 after SIGTERM', async () => {
      const codes = await stack.terminate();
      expect(new Set(codes)).toEqual(new Set([0]));
    });
  },
);
