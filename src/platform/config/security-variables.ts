import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { passwordProblem } from '../security/password-policy.js';
import type { ProcessContext } from './process-context.js';
import { choice, email, key, list, text, wholeNumber, withoutProblem } from './readings.js';
import { DEVELOPMENT_JWT_SECRET, secretProblem } from './secret-problem.js';
import { variable } from './variable.js';

/** Public, so for development only. */
export const DEMO_ADMIN = { email: 'admin@example.com', password: 'password123' } as const;

const DAY_SECONDS = 24 * 3600;

const privateKeyFile = text.describe('the path of a file made by: openssl genpkey -algorithm ed25519');
const publicKeyFiles = list.describe('paths of files made by: openssl pkey -in private.pem -pubout');
const tokenClaim = text.describe('a name or URL');

export const securityVariables = (context: ProcessContext) => ({
  security: z.object({
    tokens: tokens(context),
    encryptionKey: variable('ENCRYPTION_KEY', key.optional(), {
      about: 'Encrypts secrets at rest',
      secret: true,
      reserved: 'nothing is encrypted at rest',
    }),
    passwordPolicy: variable('PASSWORD_POLICY', choice(['strict', 'lax']), {
      about:
        'Which passwords are accepted: strict refuses common ones; strict in production and lax elsewhere when not set',
      fallback: context.isProduction ? 'strict' : 'lax',
    }),
    passwordHashing,
  }),
  bootstrapAdmin: bootstrapAdmin(context),
});

function tokens({ given, isProduction }: ProcessContext) {
  const hasKeyFiles = given.JWT_PRIVATE_KEY_FILE !== undefined || given.JWT_PUBLIC_KEY_FILES !== undefined;
  const secret = isProduction ? withoutProblem(secretProblem) : text;
  return z.object({
    secret: variable('JWT_SECRET', secret.describe('the output of: openssl rand -base64 48').optional(), {
      about: 'Signs access tokens (HS256), at least 32 bytes; in development a public one when not set',
      fallback: hasKeyFiles || isProduction ? undefined : DEVELOPMENT_JWT_SECRET,
      secret: true,
      required: isProduction && !hasKeyFiles,
      alternative: 'set JWT_PRIVATE_KEY_FILE',
      excludes: ['JWT_PRIVATE_KEY_FILE', 'JWT_PUBLIC_KEY_FILES'],
    }),
    privateKeyFile: variable('JWT_PRIVATE_KEY_FILE', privateKeyFile.optional(), {
      about: 'Signs access tokens in place of JWT_SECRET: Ed25519 (EdDSA) or RSA (RS256), PKCS #8 PEM',
    }),
    publicKeyFiles: variable('JWT_PUBLIC_KEY_FILES', publicKeyFiles, {
      about: 'Further keys that still verify (SPKI PEM), comma-separated: the former ones during a rotation',
      default: '',
    }),
    issuer: variable('JWT_ISSUER', tokenClaim, { about: 'Claim iss of our tokens', default: 'mstv' }),
    audience: variable('JWT_AUDIENCE', tokenClaim, { about: 'Claim aud of our access tokens', default: 'mstv' }),
    accessTokenSeconds: variable('ACCESS_TOKEN_SECONDS', wholeNumber(1, DAY_SECONDS), {
      about: 'How long an access token lives',
      default: '900',
    }),
    refreshTokenSeconds: variable('REFRESH_TOKEN_SECONDS', wholeNumber(60, 366 * DAY_SECONDS), {
      about: 'How long a session lives from the sign-in on, however often it is renewed',
      default: `${30 * DAY_SECONDS}`,
    }),
  });
}

/** Hashing occupies threads of libuv's pool of four, which files and DNS need too. */
const defaultConcurrency = Math.min(2, Math.max(1, availableParallelism() - 1));

const passwordHashing = z.object({
  concurrency: variable('PASSWORD_HASH_CONCURRENCY', wholeNumber(1, 64), {
    about: 'Passwords hashed at the same time, 20 MiB each; one or two when not set',
    fallback: `${defaultConcurrency}`,
  }),
  queueLength: variable('PASSWORD_HASH_QUEUE', wholeNumber(1, 100_000), {
    about: 'Passwords waiting to be hashed before further ones are refused',
    default: '100',
  }),
});

function bootstrapAdmin({ given, isProduction }: ProcessContext) {
  const isDevelopment = (given.NODE_ENV ?? 'development') === 'development';
  const isOurs = isDevelopment && given.BOOTSTRAP_ADMIN_EMAIL === undefined;
  const admitted = isProduction ? withoutProblem((value) => passwordProblem(value, 'strict')) : text;
  const password = admitted.describe('a password that PASSWORD_POLICY admits');
  return z
    .object({
      email: variable('BOOTSTRAP_ADMIN_EMAIL', email.optional(), {
        about: 'The first platform administrator, created if there is none; a demo one in development',
        needs: 'BOOTSTRAP_ADMIN_PASSWORD',
        fallback: isOurs ? DEMO_ADMIN.email : undefined,
      }),
      password: variable('BOOTSTRAP_ADMIN_PASSWORD', password.optional(), {
        about: 'The password of BOOTSTRAP_ADMIN_EMAIL',
        needs: 'BOOTSTRAP_ADMIN_EMAIL',
        secret: true,
        fallback: isOurs ? DEMO_ADMIN.password : undefined,
      }),
    })
    .transform((admin) =>
      admin.email && admin.password ? { email: admin.email, password: admin.password } : undefined,
    )
    .optional();
}
