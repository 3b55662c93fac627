import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { RouteTable } from './route-table.js';

const exposedHeaders = ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after', 'location', 'etag', 'allow'];

/** Chromium's maximum. */
const maxAgeSeconds = 7_200;

/** Applies to every route. For other origins OPTIONS stays a method that is not allowed. */
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
    // otherwise an OPTIONS without a preflight is answered in plain text
    strictPreflight: false,
  });
}
