import { resolve } from 'node:path';
import { z } from 'zod';
import { databaseUrl, redisUrl } from './database-url.js';
import type { ProcessContext } from './process-context.js';
import { flag, text, wholeNumber } from './readings.js';
import { variable } from './variable.js';

const folder = text.transform((path) => resolve(path)).describe('the path of a folder');
const alternative = 'set ALLOW_EMBEDDED=true to use the embedded engine';

export function stateVariables({ given, isProduction, service }: ProcessContext) {
  const needsServers = isProduction && given.ALLOW_EMBEDDED !== 'true';
  return {
    dataDir: variable('DATA_DIR', folder, { about: 'The folder of the embedded engines', default: '.data' }),
    allowsEmbedded: variable('ALLOW_EMBEDDED', flag, {
      about: 'Lets a production process use the embedded engines',
      default: 'false',
    }),
    /** Without `url`: the embedded PostgreSQL in `dataDir`. `directUrl` bypasses a connection pooler. */
    database: z
      .object({
        url: variable('DATABASE_URL', databaseUrl.optional(), {
          about: 'PostgreSQL; an embedded one under DATA_DIR when not set',
          secret: true,
          required: needsServers && !service.stateless,
          alternative,
        }),
        directUrl: variable('DATABASE_DIRECT_URL', databaseUrl.optional(), {
          about: 'PostgreSQL without the pooler, for LISTEN and migrations; DATABASE_URL when not set',
          secret: true,
          needs: 'DATABASE_URL',
        }),
        poolSize: variable('DATABASE_POOL_SIZE', wholeNumber(1, 1000), {
          about: 'Connections of this process to PostgreSQL',
          default: '10',
        }),
      })
      .transform(({ url, directUrl = url, poolSize }) => ({ url, directUrl, poolSize })),
    redis: z.object({
      url: variable('REDIS_URL', redisUrl.optional(), {
        about: 'Redis for rate limits and sessions; when not set, limits are in memory and sessions in the database',
        secret: true,
        required: needsServers,
        alternative,
      }),
    }),
  };
}
