import { globSync } from 'node:fs';
import { services } from '../../../src/apps/services.js';
import { protocols } from '../../../src/contract/operation.js';
import { processVariables } from '../../../src/platform/config/load-configuration.js';
import { cluster, edge, graph, node, tableGraph } from '../dot.js';
import { folderImports, operations } from '../facts.js';
import type { Picture } from '../picture.js';

const purposes: Readonly<Record<string, string>> = {
  contract: 'operations, failures, access, values',
  ports: 'what application code may ask for',
  pipeline: 'the steps of every call',
  platform: 'configuration, database, security, telemetry',
  protocols: 'REST, GraphQL, gRPC, WebSocket, MQTT',
  remote: 'calls to other services',
  modules: 'the business',
  apps: 'which modules and protocols a process runs',
  client: 'typed client',
  schemas: 'generated wire documents',
};

export function sourceStructure(): Picture {
  const imports = folderImports();
  const source = graph(
    [
      ...[...imports.keys()].map((name) => {
        const purpose = purposes[name];
        if (!purpose) throw new Error(`src/${name} has no purpose in scripts/diagrams/pictures/structure.ts`);
        return node(name, name === 'modules' ? 'module' : 'step', name, [purpose]);
      }),
      ...[...imports].flatMap(([from, targets]) => targets.map((to) => edge(from, to))),
    ],
    { gap: 0.5 },
  );
  return {
    name: 'src_structure',
    title: 'The folders of src and their imports',
    about: 'An arrow leads from a folder to one that it imports from. There are no cycles, and `npm test` keeps it so.',
    language: 'dot',
    source,
  };
}

/** The folders of src/protocols that serve operations; the others are shared by them. */
const bindings = () => protocols.filter((protocol) => globSync(`src/protocols/${protocol}`).length > 0);

export function coreArchitecture(): Picture {
  const documents = ['openapi.json', 'asyncapi.json', 'schema.graphql'].filter(
    (name) => globSync(`src/schemas/**/${name}`).length > 0,
  );
  const source = graph(
    [
      node('contract', 'module', 'Contract', ['the class of an operation', `${operations.length} of them`]),
      cluster('derived', 'Derived from it', [
        ...bindings().map((protocol) => node(protocol, 'protocol', protocol)),
        ...documents.map((name) => node(name, 'document', name)),
        node('proto', 'document', 'proto/*.proto'),
        node('client', 'process', 'typed client', ['src/client']),
      ]),
      ...[...bindings(), ...documents, 'proto', 'client'].map((name) => edge('contract', name, { dashed: true })),
      node('pipeline', 'process', 'Pipeline', ['one for all protocols']),
      ...bindings().map((protocol) => edge(protocol, 'pipeline')),
      node('here', 'process', 'LocalExecutor', ['the module runs here']),
      node('there', 'process', 'GrpcExecutor', ['it runs in another service']),
      edge('pipeline', 'here'),
      edge('pipeline', 'there'),
      node('handler', 'module', 'Handler', ['domain, unit of work, repository']),
      edge('here', 'handler'),
      edge('there', 'handler', { label: 'gRPC', dashed: true }),
    ],
    { direction: 'LR', gap: 0.7 },
  );
  return {
    name: 'core_architecture',
    title: 'The one idea: the contract of an operation is a class',
    about:
      'Bindings to five protocols, wire documents and a typed client follow from the contract; a call reaches the handler here or in another service.',
    language: 'dot',
    source,
  };
}

export function runModes(): Picture {
  const rows = Object.entries(services).map(
    ([name, { httpPort, grpcPort, modules, servesAll, protocols: served, calls = [] }]) => [
      name,
      `${httpPort}`,
      `${grpcPort}`,
      modules.map(({ contract }) => contract.name).join(', ') || 'none',
      servesAll ? 'every operation' : 'its own operations',
      served.join(', '),
      calls.join(', ') || 'no other service',
    ],
  );
  return {
    name: 'microservice_run_modes',
    title: 'What SERVICE_NAME chooses',
    about: 'One program; the table of services says what a process runs, serves and calls.',
    language: 'dot',
    source: tableGraph(['SERVICE_NAME', 'HTTP', 'gRPC', 'runs', 'serves', 'protocols', 'calls'], rows),
  };
}

/** Variables that a service needs in production, those that switch a part on, and flags of operations. */
export function featureFlags(): Picture {
  const names = Object.keys(services);
  const inProduction = new Map(
    names.map((name) => [name, processVariables({ NODE_ENV: 'production', SERVICE_NAME: name }, services)]),
  );
  const variables = [...(inProduction.get('monolith') ?? [])];
  const isRequired = (service: string, variable: string) =>
    inProduction.get(service)?.some(({ name, required }) => name === variable && required) ?? false;
  const required = variables.filter(({ name }) => names.some((service) => isRequired(service, name)));
  const switches = variables.filter(
    ({ name, reserved }) => /^(ENABLE_|ALLOW_|DISCOVERY|PROTOCOLS|FEATURE_FLAGS)/.test(name) && !reserved,
  );
  const flags = operations.flatMap(({ id, spec }) =>
    spec.enabledBy ? [[`flag ${spec.enabledBy.key}`, id] as const] : [],
  );
  const rows = [
    ...required.map(({ name }) => [
      name,
      'required in production',
      ...names.map((service) => isRequired(service, name)),
    ]),
    ...switches.map(({ name, about }) => [name, about, ...names.map(() => 'may be set')]),
    ...flags.map(([name, id]) => [name, `enables ${id}`, ...names.map(() => '')]),
  ];
  return {
    name: 'feature_flags_matrix',
    title: 'Variables and flags',
    about: 'What a process needs in production, by service, and the variables and flags that switch parts on.',
    language: 'dot',
    source: tableGraph(['variable or flag', 'meaning', ...names], rows),
  };
}
