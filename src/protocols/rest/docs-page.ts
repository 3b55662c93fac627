import type { StaticDocumentSpec } from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RouteNotFound } from '../../contract/built-in-failures.js';
import { identityOf } from '../http/inbound.js';
import { sendProblem } from '../http/problem.js';

/** Swagger UI uses inline styles and data URLs. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'self'",
  "object-src 'none'",
].join('; ');

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export function serveDocument(fastify: FastifyInstance, path: string, document: () => object): void {
  const text = once(() => JSON.stringify(document()));
  fastify.get(path, (_request, reply) => {
    reply.type('application/json').send(text());
  });
}

/** Created when the page is opened: loading it takes a tenth of the start time. */
async function docsServer(document: () => object): Promise<FastifyInstance> {
  const [{ default: createServer }, { default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('fastify'),
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const server = createServer();
  server.setNotFoundHandler((request, reply) => sendProblem(reply, new RouteNotFound(), identityOf(request)));
  await server.register(swagger, { mode: 'static', specification: { document: document() } as StaticDocumentSpec });
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    uiConfig: { layout: 'BaseLayout', tryItOutEnabled: true },
    theme: { title: 'API' },
  });
  await server.ready();
  return server;
}

/** `/openapi.json` and `/docs`, without files from other hosts. Call before `listen`. */
export function registerDocs(fastify: FastifyInstance, { openApi }: { openApi: () => object }): void {
  const document = once(openApi);
  serveDocument(fastify, '/openapi.json', document);
  const server = once(() => docsServer(document));
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const docs = await server();
    reply.hijack();
    docs.routing(request.raw, reply.raw);
  };
  fastify.get('/docs', handler);
  fastify.get('/docs/*', handler);
}
