import { moduleContracts } from '../../../src/apps/modules.js';
import { services } from '../../../src/apps/services.js';
import { protocols } from '../../../src/contract/operation.js';
import { processesOf } from '../../deploy/model-queries.js';
import type { DeployedProcess, DeploymentModel } from '../../deploy/model-types.js';
import { cluster, edge, graph, node, sameRank } from '../dot.js';
import type { Picture } from '../picture.js';

const protocolNames = { rest: 'REST', graphql: 'GraphQL', grpc: 'gRPC', websocket: 'WebSocket', mqtt: 'MQTT' } as const;

const callers = {
  partners: { title: 'Partners', by: ['rest'] },
  frontends: { title: 'Front ends', by: ['graphql', 'websocket'] },
  services: { title: 'Other back ends', by: ['grpc'] },
  devices: { title: 'Devices', by: ['mqtt'] },
} as const;

const servers = {
  postgres: ['PostgreSQL', 'or embedded'],
  redis: ['Redis', 'or memory and database'],
  mqtt: ['MQTT broker', 'or embedded'],
  consul: ['Consul', 'optional'],
  otel: ['OTLP collector', 'optional'],
} as const;

/** Its id: a protocol has the name of the broker. */
const server = (name: string): string => `server ${name}`;

/** The node that talks to a server: the broker carries one protocol. */
const userOf = (name: string): string => (name === 'mqtt' ? 'mqtt' : 'pipeline');

/** Of a service, as the table of services has it. */
const modulesOf = (service: string) => services[service]?.modules.map(({ contract }) => contract) ?? [];

const moduleNodes = () =>
  moduleContracts.map(({ name, operations }) => node(name, 'module', name, [`${operations.length} operations`]));

const callerLines = () =>
  Object.entries(callers).flatMap(([id, { title, by }]) => [
    node(id, 'caller', title),
    ...by.map((protocol) => edge(id, protocol)),
  ]);

const protocolNodes = () => protocols.map((protocol) => node(protocol, 'protocol', protocolNames[protocol]));

function needed(processes: readonly DeployedProcess[], { options }: DeploymentModel) {
  const names = new Set(processes.flatMap(({ needs }) => needs.map(({ name }) => name)));
  return { required: [...names], optional: options.map(({ needs }) => needs.name) };
}

function serverNodes(processes: readonly DeployedProcess[], model: DeploymentModel): readonly string[] {
  const { required, optional } = needed(processes, model);
  return [...required, ...optional].map((name) => node(server(name), 'store', servers[name][0], [servers[name][1]]));
}

export function overallSystem(model: DeploymentModel): Picture {
  const processes = processesOf(model, 'split');
  const { required, optional } = needed(processes, model);
  const source = graph(
    [
      ...callerLines(),
      cluster('protocols', 'Protocols', protocolNodes()),
      node('pipeline', 'process', 'Pipeline', ['limits, authentication, authorization,', 'validation, idempotency']),
      ...protocols.map((protocol) => edge(protocol, 'pipeline')),
      cluster('modules', 'Modules', moduleNodes()),
      ...moduleContracts.map(({ name }) => edge('pipeline', name)),
      cluster('servers', 'Servers', serverNodes(processes, model)),
      ...moduleContracts.map(({ name }) => edge(name, server('postgres'))),
      ...required
        .filter((name) => name !== 'postgres')
        .map((name) => edge(userOf(name), server(name), { dashed: true })),
      ...optional.map((name) => edge('pipeline', server(name), { dashed: true })),
    ],
    { gap: 0.6 },
  );
  return {
    name: 'overall_system_architecture',
    title: 'The whole system',
    about: 'Callers reach every operation over five protocols; one pipeline checks each call; modules keep their data.',
    language: 'dot',
    source,
  };
}

export function singleService(model: DeploymentModel): Picture {
  const [monolith] = processesOf(model, 'monolith');
  const ports = monolith?.ports.map(({ name, port }) => `${name} ${port}`) ?? [];
  const needs = monolith?.needs.map(({ name }) => name) ?? [];
  const source = graph([
    ...callerLines(),
    cluster('monolith', `One process: ${ports.join(', ')}`, [
      ...protocolNodes(),
      node('pipeline', 'process', 'Pipeline and LocalExecutor'),
      ...protocols.map((protocol) => edge(protocol, 'pipeline')),
      ...moduleNodes(),
      ...moduleContracts.map(({ name }) => edge('pipeline', name)),
    ]),
    ...needs.map((name) => node(server(name), 'store', servers[name][0], [servers[name][1]])),
    ...moduleContracts.map(({ name }) => edge(name, server('postgres'))),
    ...needs.filter((name) => name !== 'postgres').map((name) => edge(userOf(name), server(name), { dashed: true })),
  ]);
  return {
    name: 'architecture_single_service',
    title: 'One process',
    about: 'The monolith runs every module and serves every protocol; embedded engines stand in for servers.',
    language: 'dot',
    source,
  };
}

export function multiService(model: DeploymentModel): Picture {
  const processes = processesOf(model, 'split');
  const details = ({ ports, protocols: served }: DeployedProcess) => [
    ports.map(({ name, port }) => `${name} ${port}`).join(', '),
    served.map((protocol) => protocolNames[protocol]).join(', '),
  ];
  const source = graph(
    [
      node('callers', 'caller', 'Callers'),
      ...processes.map((process) => node(process.name, 'process', process.name, details(process))),
      ...processes
        .filter(({ isPublic }) => isPublic)
        .map(({ name }) => edge('callers', name, { label: 'five protocols' })),
      ...processes.flatMap(({ name, calls }) => calls.map(({ service }) => edge(name, service, { label: 'gRPC' }))),
      ...processes.flatMap(({ name, database }) =>
        database ? [node(database, 'store', database, ['PostgreSQL']), edge(name, database)] : [],
      ),
      sameRank(processes.filter(({ isPublic }) => !isPublic).map(({ name }) => name)),
      node(server('redis'), 'store', 'Redis', ['limits, sessions']),
      node(server('mqtt'), 'store', 'MQTT broker'),
      ...processes.flatMap(({ name, needs }) =>
        needs.filter((need) => need.name !== 'postgres').map((need) => edge(name, server(need.name), { dashed: true })),
      ),
    ],
    { gap: 0.8 },
  );
  return {
    name: 'architecture_multi_service',
    title: 'Gateway and services',
    about:
      'The gateway serves every protocol and sends each call over gRPC to the service that owns the module; every service has a database of its own.',
    language: 'dot',
    source,
  };
}

export function gatewayRoutes(model: DeploymentModel): Picture {
  const processes = processesOf(model, 'split');
  const [gateway] = processes.filter(({ isPublic }) => isPublic);
  const owners = processes.filter(({ isPublic }) => !isPublic);
  const source = graph(
    [
      cluster('edge', `${gateway?.name}`, [
        ...protocolNodes().reverse(),
        node('pipeline', 'process', 'Pipeline', ['limits, authentication, validation']),
        ...protocols.map((protocol) => edge(protocol, 'pipeline')),
        node('executor', 'process', 'GrpcExecutor', ['retry, circuit, balancing']),
        edge('pipeline', 'executor'),
      ]),
      ...owners.flatMap(({ name }) => [node(name, 'process', name), edge('executor', name, { label: 'gRPC' })]),
      ...owners.flatMap((owner) =>
        modulesOf(owner.service).flatMap(({ name, operations }) => [
          node(
            name,
            'module',
            name,
            operations.map((each) => each.name),
          ),
          edge(owner.name, name),
        ]),
      ),
    ],
    { direction: 'LR', gap: 0.7 },
  );
  return {
    name: 'multi_microservice_gateway',
    title: 'The way of a call through the gateway',
    about: 'The gateway finds the owner of an operation by its module, and calls one of its instances.',
    language: 'dot',
    source,
  };
}
