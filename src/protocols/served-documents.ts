import { readFileSync } from 'node:fs';
import type { OperationDescriptor } from '../contract/module.js';
import { lowerFirst, upperFirst } from '../contract/wire-names.js';

type Named<T = unknown> = Readonly<Record<string, T>>;

interface OpenApi {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Named<Named<{ readonly operationId: string }>>;
  readonly components: Named<Named>;
}

interface AsyncApi {
  readonly channels: Named<{ readonly messages: Named }>;
  readonly operations: Named;
  readonly components: Named<Named>;
}

/** The MQTT topic prefix in committed documents. */
export const committedTopicPrefix = 'mstv';

/** Written by `npm run contract`; has the operations of all modules. */
const committedDocument = (name: string): string =>
  readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8');

/** Names an operation within a document: `createUser`, `discardSpecimenV2`. */
export const documentId = ({ name, version }: OperationDescriptor): string =>
  lowerFirst(version === 1 ? name : `${name}V${version}`);

/**
 * The committed OpenAPI document without other operations, made when it is asked for. Throws Error at once when it lacks
 * one of `operations`.
 */
export function openApiOf(
  operations: readonly OperationDescriptor[],
  committed = committedDocument('openapi.json'),
): () => object {
  const { paths, tags, components, ...rest } = parsed<OpenApi>(committed);
  const ids = new Set(operations.map(documentId));
  const found = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  refuseMissing('openapi.json', ids, found);
  const modules = new Set(operations.map(({ module }) => module));
  return () => {
    const methods = mapValues(paths, (path) => pick(path, (_method, { operationId }) => ids.has(operationId)));
    const served = pick(methods, (_path, kept) => Object.keys(kept).length > 0);
    return {
      ...rest,
      tags: tags.filter(({ name }) => modules.has(name)),
      paths: served,
      components: withoutUnused(components, served),
    };
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
    const served = pick(document.operations, (name) => names.has(name));
    const used = new Set(refsIn(served));
    const channels = mapValues(
      pick(document.channels, (name) => used.has(`#/channels/${name}`)),
      (channel, name) => ({
        ...channel,
        messages: pick(channel.messages, (message) => used.has(`#/channels/${name}/messages/${message}`)),
      }),
    );
    return { ...document, channels, operations: served, components: withoutUnused(document.components, channels) };
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

const mapValues = <T, R>(all: Named<T>, map: (value: T, name: string) => R): Named<R> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name, map(value, name)]));

const pick = <T>(all: Named<T>, keep: (name: string, value: T) => boolean): Named<T> =>
  Object.fromEntries(Object.entries(all).filter(([name, value]) => keep(name, value)));

const refsIn = (node: unknown): string[] =>
  [...JSON.stringify(node).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);

const prunable: ReadonlySet<string> = new Set(['responses', 'schemas']);

/** Leaves out the responses and schemas that nothing in `root` refers to. */
function withoutUnused(components: Named<Named>, root: unknown): Named<Named> {
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
  const isKept = (kind: string, name: string) => !prunable.has(kind) || used.has(`#/components/${kind}/${name}`);
  return mapValues(components, (all, kind) => pick(all, (name) => isKept(kind, name)));
}
