import { databaseUrl, redisUrl } from './database-url.js';
import { flag, text, wholeNumber } from './readings.js';
import type { Variable } from './variable.js';

export const stateVariables = {
  DATA_DIR: {
    schema: text,
    about: 'The folder of the embedded engines',
    expected: 'the path of a folder',
    default: '.data',
  },
  ALLOW_EMBEDDED: {
    schema: flag,
    about: 'Lets a production process use the embedded engines',
    expected: 'true or false',
    default: 'false',
  },
  DATABASE_URL: {
    schema: databaseUrl.optional(),
    about: 'PostgreSQL; an embedded one under DATA_DIR when not set',
    expected: 'postgresql://user:password@host:5432/database',
    secret: true,
  },
  DATABASE_DIRECT_URL: {
    schema: databaseUrl.optional(),
    about: 'PostgreSQL without the pooler, for LISTEN and migrations; DATABASE_URL when not set',
    expected: 'postgresql://user:password@host:5432/database',
    secret: true,
  },
  DATABASE_POOL_SIZE: {
    schema: wholeNumber(1, 1000),
    about: 'Connections of this process to PostgreSQL',
    expected: 'a number from 1 to 1000',
    default: '10',
  },
  REDIS_URL: {
    schema: redisUrl.optional(),
    about: 'Redis for rate limits and sessions; in memory when not set',
    expected: 'redis://user:password@host:6379/0',
    secret: true,
  },
} as const satisfies Record<string, Variable>;
