import { readFileSync } from 'node:fs';
import type { OperationDescriptor } from '../contract/module.js';
import { lowerFirst, upperFirst } from '../contract/wire-names.js';

type Named<T = unknown> = Record<string, T>;

interface OpenApi {
  tags: readonly { readonly name: string }[];
  readonly paths: Named<Named<{ readonly operationId: string }>>;
  readonly components: Named<Named>;
}

interface AsyncApi {
  readonly channels: Named<{ readonly messages: Named }>;
  readonly operations: Named;
  readonly components: Named<Named>;
}

export const committedTopicPrefix = 'mstv';

/** Written by `npm run contract`; has the operations of all modules. */
const committedDocument = (name: string): string =>
  readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8');

/** Names an operation within a document: `createUser`, `discardSpecimenV2`. */
export const documentId = ({ name, version }: OperationDescriptor): string =>
  lowerFirst(version === 1 ? name : `${name}V${version}`);

/** The committed OpenAPI document with only `operations`, made on demand. Throws Error at once when it lacks one. */
export function openApiOf(
  operations: readonly OperationDescriptor[],
  committed = committedDocument('openapi.json'),
): () => object {
  const document = parsed<OpenApi>(committed);
  const ids = new Set(operations.map(documentId));
  const found = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const foundIds = found.map(({ operationId }) => operationId);
  refuseMissing('openapi.json', ids, foundIds);
  const modules = new Set(operations.map(({ module }) => module));
  return () => {
    document.tags = document.tags.filter(({ name }) => modules.has(name));
    for (const methods of Object.values(document.paths)) {
      keepOnly(methods, (_method, { operationId }) => ids.has(operationId));
    }
    keepOnly(document.paths, (_path, methods) => Object.keys(methods).length > 0);
    removeUnused(document.components, document.paths);
    return document;
  };
}

/** The same of AsyncAPI, with topics that begin with `topicPrefix`. */
export function asyncApiOf(
  operations: readonly OperationDescriptor[],
  topicPrefix = committedTopicPrefix,
  committed = committedDocument('asyncapi.json'),
): () => object {
  const document = parsed<AsyncApi>(withTopicPrefix(committed, topicPrefix));
  const names = new Set(operations.flatMap(asyncApiNames));
  refuseMissing('asyncapi.json', names, Object.keys(document.operations));
  return () => {
    keepOnly(document.operations, (name) => names.has(name));
    const used = new Set(refsIn(document.operations));
    keepOnly(document.channels, (name) => used.has(`#/channels/${name}`));
    for (const [name, { messages }] of Object.entries(document.channels)) {
      keepOnly(messages, (message) => used.has(`#/channels/${name}/messages/${message}`));
    }
    removeUnused(document.components, document.channels);
    return document;
  };
}

function asyncApiNames(operation: OperationDescriptor): string[] {
  const name = upperFirst(documentId(operation));
  const { protocols } = operation;
  return [
    ...(protocols.includes('websocket') ? ['websocketRpcAuthenticate', `websocket${name}`] : []),
    ...(protocols.includes('mqtt') ? [`mqtt${name}`, `mqtt3${name}`] : []),
  ];
}

function withTopicPrefix(committed: string, topicPrefix: string): string {
  const escaped = JSON.stringify(topicPrefix).slice(1, -1);
  return committed.replaceAll(/\bmstv(?=\/(rpc|clients)\/)/g, () => escaped);
}

function parsed<T>(committed: string): T {
  const { 'x-generated': _, ...document } = JSON.parse(committed);
  return document;
}

function refuseMissing(name: string, wanted: ReadonlySet<string>, found: readonly string[]): void {
  const missing = wanted.difference(new Set(found));
  if (missing.size > 0) {
    throw new Error(`src/schemas/${name} lacks ${[...missing].join(', ')}: run \`npm run contract\``);
  }
}

function keepOnly<T>(all: Named<T>, isKept: (name: string, value: T) => boolean): void {
  for (const [name, value] of Object.entries(all)) if (!isKept(name, value)) delete all[name];
}

const refsIn = (node: unknown): string[] =>
  [...JSON.stringify(node).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);

function removeUnused(components: Named<Named>, root: unknown): void {
  const used = new Set<string>();
  const visit = (node: unknown): void => {
    for (const ref of refsIn(node)) {
      const [, section, kind = '', name = ''] = ref.split('/');
      if (section !== 'components' || used.has(ref)) continue;
      used.add(ref);
      visit(components[kind]?.[name]);
    }
  };
  visit(root);
  for (const kind of ['responses', 'schemas']) {
    keepOnly(components[kind] ?? {}, (name) => used.has(`#/components/${kind}/${name}`));
  }
}
