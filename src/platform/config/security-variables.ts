import { z } from 'zod';
import { choice, email, key, list, text, wholeNumber } from './readings.js';
import type { Variable } from './variable.js';

const DAY_SECONDS = 24 * 3600;

export const securityVariables = {
  JWT_SECRET: {
    schema: z.string().optional(),
    about: 'Signs access tokens (HS256), at least 32 bytes; a known one in development when not set',
    expected: 'the output of: openssl rand -base64 48',
    secret: true,
  },
  JWT_PRIVATE_KEY_FILE: {
    schema: text.optional(),
    about: 'Signs access tokens in place of JWT_SECRET: Ed25519 (EdDSA) or RSA (RS256), PKCS #8 PEM',
    expected: 'the path of a file made by: openssl genpkey -algorithm ed25519',
  },
  JWT_PUBLIC_KEY_FILES: {
    schema: list,
    about: 'Further keys that still verify (SPKI PEM), comma-separated: the former ones during a rotation',
    expected: 'paths of files made by: openssl pkey -in private.pem -pubout',
    default: '',
  },
  JWT_ISSUER: { schema: text, about: 'Claim iss of our tokens', expected: 'a name or URL', default: 'mstv' },
  JWT_AUDIENCE: { schema: text, about: 'Claim aud of our access tokens', expected: 'a name or URL', default: 'mstv' },
  ACCESS_TOKEN_SECONDS: {
    schema: wholeNumber(1, DAY_SECONDS),
    about: 'How long an access token lives',
    expected: 'a number of seconds up to a day',
    default: '900',
  },
  REFRESH_TOKEN_SECONDS: {
    schema: wholeNumber(60, 366 * DAY_SECONDS),
    about: 'How long a session lives from the sign-in on, however often it is renewed',
    expected: 'a number of seconds up to a year',
    default: `${30 * DAY_SECONDS}`,
  },
  ENCRYPTION_KEY: {
    schema: key.optional(),
    about: 'Encrypts secrets at rest; nothing keeps any yet',
    expected: 'the output of: openssl rand -base64 32',
    secret: true,
  },
  PASSWORD_POLICY: {
    schema: choice(['strict', 'lax']).optional(),
    about:
      'What passwords are admitted: strict refuses common ones; strict in production and lax elsewhere when not set',
    expected: 'strict or lax',
  },
  PASSWORD_HASH_CONCURRENCY: {
    schema: wholeNumber(1, 64).optional(),
    about: 'Passwords hashed at the same time, 20 MiB each; one or two when not set',
    expected: 'a number below the count of processors',
  },
  PASSWORD_HASH_QUEUE: {
    schema: wholeNumber(1, 100_000),
    about: 'Passwords waiting to be hashed before further ones are refused',
    expected: 'a number from 1',
    default: '100',
  },
  BOOTSTRAP_ADMIN_EMAIL: {
    schema: email.optional(),
    about:
      'The first platform administrator, made while there is none; needs BOOTSTRAP_ADMIN_PASSWORD. A demo one in development',
    expected: 'an email address',
  },
  BOOTSTRAP_ADMIN_PASSWORD: {
    schema: text.optional(),
    about: 'The password of BOOTSTRAP_ADMIN_EMAIL',
    expected: 'a password that PASSWORD_POLICY admits',
    secret: true,
  },
} as const satisfies Record<string, Variable>;
