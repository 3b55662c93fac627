import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inHouse, plant } from './planted-tree.js';

interface Internal {
  readonly file: string;
  /** As the source spells it. */
  readonly parts: readonly string[];
  readonly reason: string;
}

/** What `src` uses of a library beside its documented interface, by the version that it was checked against. */
const internals: Readonly<Record<string, readonly Internal[]>> = {
  '@grpc/grpc-js@1.14.7': [
    {
      file: 'src/protocols/grpc/operation-calls.ts',
      parts: ["Reflect.get(server, '_streamHandler')", "Reflect.set(server, '_streamHandler', take)"],
      reason: 'no hook sees the headers before metadata drops what is not ASCII',
    },
    {
      file: 'src/protocols/grpc/operation-calls.ts',
      parts: ["Reflect.get(server, 'commonServerOptions')"],
      reason: 'no option of its own for two of HTTP/2: white space in values, the rate of cancelled calls',
    },
    {
      file: 'src/protocols/grpc/operation-calls.ts',
      parts: ['transport.sendStatus = sendDetailedStatus;'],
      reason: 'statuses of the transport pass every interceptor, so they would carry no ErrorInfo',
    },
    {
      file: 'src/protocols/grpc/unary-call.ts',
      parts: ['transport.sendStatus = ignore;'],
      reason: 'the answer is written to the stream, and a status after it would be a second one',
    },
    {
      file: 'src/protocols/grpc/transport-failures.ts',
      parts: ['Object.getPrototypeOf(this)'],
      reason: 'the replaced sendStatus calls the one of the class',
    },
    {
      file: 'src/protocols/grpc/transport-failures.ts',
      parts: [
        "Reflect.get(server, '_respondWithError')",
        "Reflect.set(server, '_respondWithError', respondUnimplemented)",
      ],
      reason: 'the answer to an unknown method repeats its path and has no ErrorInfo',
    },
  ],
  '@nestjs/cqrs@12.0.0': [
    {
      file: 'src/pipeline/local-dispatcher.ts',
      parts: ['Reflect.getMetadata(key, metatype)', "'__commandHandler__'", "'__queryHandler__'"],
      reason: 'the keys under which the decorators write are not exported',
    },
  ],
  '@nestjs/platform-fastify@12.5.0': [
    {
      file: 'src/protocols/http/http-adapter.ts',
      parts: ['fastify.addHook =', 'fastify.addHook = addHook;'],
      reason: 'the constructor adds seven hooks to every request, a fifth of the cost of a small one',
    },
  ],
  '@opentelemetry/sdk-trace@2.12.0': [
    {
      file: 'src/platform/observability/otlp/outage.ts',
      parts: ['exporter.export ='],
      reason: 'only the batch processor gets the outcome of an export',
    },
  ],
  '@prisma/adapter-pg@7.10.0': [
    {
      file: 'src/platform/database/prisma-transaction.ts',
      parts: [
        'as unknown as { client: pg.PoolClient }',
        'adapter.startTransaction =',
        'transaction.queryRaw =',
        'transaction.executeRaw =',
      ],
      reason: 'the only way to the connection of a transaction, for statements of our own in it',
    },
  ],
  'aedes@1.2.0': [
    {
      file: 'src/protocols/mqtt/read-in-turns.ts',
      parts: ['socket.read ='],
      reason: 'it limits neither the size of packets nor their number in one turn, and reads by this method alone',
    },
  ],
  'fastify@5.12.8': [
    {
      file: 'src/protocols/http/node-refusals.ts',
      parts: [".listeners('request')", "removeAllListeners('request')"],
      reason: 'a hook that sees every request before the router would cost every request',
    },
  ],
  'mqtt@5.16.0': [
    {
      file: 'src/protocols/mqtt/remote-broker.ts',
      parts: ['client.handleMessage =', 'options.reconnectPeriod =', 'options.properties.maximumPacketSize ='],
      reason: 'it reads its options again at each attempt; there is no call that changes them',
    },
  ],
  'node@26.10.0': [
    {
      file: 'src/protocols/http/unread-input.ts',
      parts: ['socket.destroySoon =', 'socket.destroySoon = destroySoon;', "removeAllListeners('data')"],
      reason: 'the HTTP server closes a connection with unread input, which resets it before the answer is read',
    },
  ],
  'pg@8.23.1': [
    {
      file: 'src/platform/database/prisma-database.ts',
      parts: ['as unknown as Wired'],
      reason: 'no time limit for an answer that covers a connection which the network has forgotten',
    },
    {
      file: 'src/platform/database/embedded/membership.ts',
      parts: ["removeAllListeners('end')"],
      reason: 'the listener is ours: the end of the connection is wanted now',
    },
  ],
  'zod@4.6.7': [
    {
      file: 'src/contract/reflect.ts',
      parts: ['._zod'],
      reason: 'documented for authors of libraries; finds the check of ours',
    },
  ],
};

/** Casts past the compiler that reach no hidden part: the types alone are wider or narrower than what is there. */
const casts: Readonly<Record<string, readonly string[]>> = {
  'src/apps/http-routes.ts': ['as unknown as FastifyInstance'],
  'src/apps/servers.ts': ['as unknown as FastifyInstance'],
  'src/contract/operation.ts': ['as unknown as OperationClass<K, I, O>'],
  'src/contract/values.ts': ['as unknown as z.ZodType<ExactlyOne<Outputs<S>>, ExactlyOne<Inputs<S>>>'],
  'src/pipeline/call-context.ts': ['as unknown as CallContext | undefined', 'as unknown as ClsStore'],
  'src/pipeline/local-dispatcher.ts': ['as unknown as BuildMessage'],
  'src/platform/config/configuration.ts': ['as unknown as abstract new'],
  'src/platform/database/prisma-database.ts': ['as unknown as PrismaClient'],
  'src/platform/database/query-page.ts': ['as unknown as Row'],
  'src/platform/database/require-columns.ts': ['as unknown as Delegates'],
  'src/protocols/graphql/relation-fields.ts': ['as unknown as BuildMessage'],
  'src/protocols/grpc/operation-calls.ts': ['as unknown as ServerInterceptingCall'],
  'src/protocols/http/http-adapter.ts': ['as unknown as typeof addHook'],
};

const signs = [
  // members that a library names as its own
  /(?<=\w)(?<!\bthis)\??\._[a-z]\w*/gi,
  /\[\s*['"]_(?!_proto__)\w+['"]\s*\]/g,
  /'__(?!proto__)\w+__'/g,
  // ways around the compiler
  /\bReflect\.\w+\([^)]*\)/g,
  /\bObject\.(?:get|set)PrototypeOf\([^)]*\)|\bObject\.getOwnPropertySymbols\([^)]*\)|\.prototype\b|\bSymbol\.for\([^)]*\)/g,
  /\bas unknown as (?:\{[^}]*\}|[\w.]+(?:<.*>)?(?: \w+)?(?: \| undefined)?)/g,
  // methods, options and listeners that are replaced
  /^\s*(?!this\.)[\w.]+\.\w+ =(?= (?:async )?(?:function\b|\(\(|\([^()]*\)(?:: [^=]+)? =>))/gm,
  /^\s*(?!this\.)\w+\.(?:add|destroy|emit|execute|handle|publish|read|respond|send|write)\w* = \w+;/gm,
  /\boptions(?:\.\w+)+ =(?!=)/g,
  /\bremoveAllListeners\([^)]*\)|\.(?:raw)?[lL]isteners\('\w+'\)/g,
  // files that a package does not export
  /from '(?:@[\w-]+\/)?[\w-]+\/(?:build|dist|lib|src)\/[^']*'/g,
];

const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** `file: part`, each once. */
function signsOfInternals(root: string): string[] {
  const files = globSync('src/**/*.ts', { cwd: root, exclude: ['src/platform/database/generated/**'] });
  return files.sort().flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replaceAll(comments, '');
    const parts = signs.flatMap((sign) => [...text.matchAll(sign)].map(([part]) => part.trim()));
    return [...new Set(parts)].sort().map((part) => `${file}: ${part}`);
  });
}

const listed = [
  ...Object.values(internals).flatMap((places) => places.map(({ file, parts }) => [file, parts] as const)),
  ...Object.entries(casts),
].flatMap(([file, parts]) => parts.map((part) => `${file}: ${part}`));

test('every place that uses private parts of a library is listed here, and nothing else', () => {
  expect(signsOfInternals(inHouse('.'))).toEqual(listed.sort());
});

test.each(Object.keys(internals))('what is used of %s was checked against the installed version', (library) => {
  const [, name = '', version] = /^(.+)@(.+)$/.exec(library) ?? [];
  const installed = JSON.parse(readFileSync(inHouse(`node_modules/${name}/package.json`), 'utf8')) as object;
  expect(installed).toMatchObject({ name, version });
});

test.each([
  ['server._sessions.clear();', '._sessions'],
  ["server['_sessions'].clear();", "['_sessions']"],
  ["const sessions = Reflect.get(server, 'sessions');", "Reflect.get(server, 'sessions')"],
  ['const { close } = Object.getPrototypeOf(server);', 'Object.getPrototypeOf(server)'],
  ['Server.prototype.close = close;', '.prototype'],
  ["const key = Symbol.for('undici.global');", "Symbol.for('undici.global')"],
  ["const key = '__route__';", "'__route__'"],
  [
    'const hidden = (server as unknown as { sessions: Set<object> }).sessions;',
    'as unknown as { sessions: Set<object> }',
  ],
  ['const open = server as unknown as Open;', 'as unknown as Open'],
  ['socket.write = (data: string): boolean => false;', 'socket.write ='],
  ['socket.write = async (data) => false;', 'socket.write ='],
  ['socket.write = write;', 'socket.write = write;'],
  ['client.options.keepalive = 3;', 'options.keepalive ='],
  ["emitter.removeAllListeners('error');", "removeAllListeners('error')"],
  ["const [first] = server.listeners('request');", ".listeners('request')"],
  ["import { a } from 'library/dist/internal.js';", "from 'library/dist/internal.js'"],
  ["import { a } from '@scope/library/lib/internal.js';", "from '@scope/library/lib/internal.js'"],
])('another one is found: %s', (text, part) => {
  expect(signsOfInternals(plant({ 'src/planted.ts': `${text}\n` }))).toContain(`src/planted.ts: ${part}`);
});

test('comments and our own fields are passed over', () => {
  const text = [
    '// server._sessions',
    '/** as unknown as Server */',
    'this._own = 1;',
    "import { b } from '../dist/b.js';",
    'this.read = read;',
  ].join('\n');
  expect(signsOfInternals(plant({ 'src/planted.ts': text }))).toEqual([]);
});
