import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Everything from this process; Swagger UI styles its elements inline and draws with data addresses. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'self'",
  "object-src 'none'",
].join('; ');

/** Stands in until someone asks for the document. */
const named = { openapi: '3.1.1', info: { title: 'API', version: '1' }, paths: {} };

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Serves a JSON document, made when someone first asks for it. */
export function serveDocument(fastify: FastifyInstance, path: string, document: () => object): void {
  const text = once(() => JSON.stringify(document()));
  fastify.get(path, (_request, reply) => {
    reply.type('application/json').send(text());
  });
}

/** `/openapi.json`, and `/docs` to browse it and try it out: no file of the page comes from elsewhere. Before `listen`. */
export async function registerDocs(fastify: FastifyInstance, { openApi }: { openApi: () => object }): Promise<void> {
  const document = once(openApi);
  serveDocument(fastify, '/openapi.json', document);
  await fastify.register(swagger, { mode: 'static', specification: { document: named } });
  await fastify.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    transformSpecification: () => document() as Record<string, unknown>,
    transformSpecificationClone: false,
    uiConfig: { layout: 'BaseLayout', tryItOutEnabled: true },
    theme: { title: 'API' },
  });
}
