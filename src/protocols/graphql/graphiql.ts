import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { RouteNotFound } from '../../contract/built-in-failures.js';
import { identityOf } from '../http/inbound.js';
import { sendProblem } from '../http/problem.js';

const { resolve } = createRequire(import.meta.url);
const javaScript = 'text/javascript; charset=utf-8';
const startScript = 'start.js';

/** The last versions of GraphiQL and React with a prebuilt bundle. */
const assets = [
  { name: 'graphiql.css', from: 'graphiql', file: 'graphiql.min.css', type: 'text/css; charset=utf-8' },
  { name: 'react.js', from: 'react', file: 'umd/react.production.min.js', type: javaScript },
  { name: 'react-dom.js', from: 'react-dom', file: 'umd/react-dom.production.min.js', type: javaScript },
  { name: 'graphiql.js', from: 'graphiql', file: 'graphiql.min.js', type: javaScript },
];

/** GraphiQL inserts a style element; fonts and images are inlined in its style sheet. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'font-src data:',
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="robots" content="noindex">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>GraphiQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/graphiql/graphiql.css">
    <style>body { margin: 0 } #graphiql { height: 100vh }</style>
  </head>
  <body>
    <div id="graphiql">GraphiQL is loading.</div>
    ${['react.js', 'react-dom.js', 'graphiql.js', startScript].map((file) => `<script src="/graphiql/${file}"></script>`).join('\n    ')}
  </body>
</html>
`;

const start = (path: string): string => `const fetcher = GraphiQL.createFetcher({ url: '${path}' });
const page = React.createElement(GraphiQL, { fetcher, defaultEditorToolsVisibility: 'headers' });
ReactDOM.createRoot(document.getElementById('graphiql')).render(page);
`;

const folderOf = (name: string): string => dirname(resolve(`${name}/package.json`));

/** GraphQL is at `path`. Files are read from their packages when the page is opened. */
export function registerGraphiql(fastify: FastifyInstance, path: string): void {
  fastify.setErrorHandler((_error, request, reply) => {
    const detail = 'GraphiQL is a development dependency, which is not installed here';
    sendProblem(reply, new RouteNotFound({ detail }), identityOf(request));
  });
  fastify.get('/graphiql', (_request, reply) => {
    folderOf('graphiql');
    reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(page);
  });
  fastify.get(`/graphiql/${startScript}`, (_request, reply) => {
    reply.type(javaScript).send(start(path));
  });
  for (const { name, from, file, type } of assets) {
    fastify.get(`/graphiql/${name}`, (_request, reply) => {
      const asset = createReadStream(join(folderOf(from), file));
      reply.type(type).header('cache-control', 'private, max-age=3600').send(asset);
    });
  }
}
