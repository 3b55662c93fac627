import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { RouteTable } from './route-table.js';

/** Headers of our answers that a page may read, beside those that it always may. */
const exposedHeaders = ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after', 'location', 'etag', 'allow'];

/** Seconds. Chromium remembers a preflight for no longer. */
const maxAge = 7_200;

/** Pages of these origins may call every route. To others it is as if there were no CORS: OPTIONS is a method not allowed. */
export async function registerCors(
  fastify: FastifyInstance,
  { origins, routes }: { readonly origins: readonly string[]; readonly routes: RouteTable },
): Promise<void> {
  const allowed = new Set(origins);
  await fastify.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && allowed.has(origin)),
    methods: routes.allMethods,
    exposedHeaders,
    maxAge,
    // would answer OPTIONS without the headers of a preflight in plain text
    strictPreflight: false,
  });
}
