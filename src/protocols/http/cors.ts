import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { RouteTable } from './route-table.js';

const exposedHeaders = ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after', 'location', 'etag', 'allow'];

/** Chromium remembers a preflight for no longer. */
const maxAgeSeconds = 7_200;

/** Pages of these origins may call every route. To others OPTIONS is a method not allowed, as without CORS. */
export async function registerCors(
  fastify: FastifyInstance,
  { origins, routes }: { readonly origins: readonly string[]; readonly routes: RouteTable },
): Promise<void> {
  const allowed = new Set(origins);
  await fastify.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && allowed.has(origin)),
    methods: routes.allMethods,
    exposedHeaders,
    maxAge: maxAgeSeconds,
    // answers an OPTIONS that is no preflight in plain text
    strictPreflight: false,
  });
}
