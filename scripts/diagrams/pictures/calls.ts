import { moduleContracts } from '../../../src/apps/modules.js';
import { callerId } from '../../../src/contract/access.js';
import { protocols } from '../../../src/contract/operation.js';
import { cluster, edge, graph, node, tableGraph } from '../dot.js';
import { moduleCalls, named, operations, pipelineSteps } from '../facts.js';
import type { Picture } from '../picture.js';

const executor = 'src/pipeline/executor.ts';

/** By the name in src/pipeline/pipeline.ts. */
const meanings: Readonly<Record<string, string>> = {
  'accept forwarded': 'verifies the token of the process that forwards the call',
  'limit address': 'RATE_LIMITED',
  'require enabled': 'NOT_FOUND while its flag is off',
  authenticate: 'UNAUTHENTICATED: token, revocations',
  authorize: 'PERMISSION_DENIED if no input would be allowed',
  'limit caller': 'RATE_LIMITED',
  validate: 'INVALID_ARGUMENT, every error with its place',
};

function meaningOf(step: string): string {
  const meaning = meanings[step];
  if (!meaning)
    throw new Error(`the step ${step} of the pipeline has no meaning in scripts/diagrams/pictures/calls.ts`);
  return meaning;
}

export function requestLifecycle(): Picture {
  const steps = pipelineSteps();
  const before = [
    node('protocol', 'protocol', 'Protocol', ['makes a Call from the request and its decoder']),
    node('shed', 'step', 'shed', ['SERVICE_UNAVAILABLE while overloaded or stopping']),
  ];
  const checks = steps.map(({ name, atEdgeOnly }) =>
    node(name, 'step', name, [meaningOf(name), ...(atEdgeOnly ? ['at the edge only'] : [])]),
  );
  const ends = [
    node('authorizeInput', 'step', 'authorize input', ['conditions of a grant, on the input']),
    node('runOnce', 'step', 'idempotency', ['returns the stored result of the key, or stores the new one']),
    node('dispatch', 'process', 'handler', ['in its unit of work']),
  ];
  for (const name of ['authorizeInput', 'runOnce', 'dispatch']) named(executor, name);
  const way = ['protocol', 'shed', ...steps.map(({ name }) => name), 'authorizeInput', 'runOnce', 'dispatch'];
  const source = graph(
    [
      ...before,
      cluster('checks', 'Pipeline', checks),
      cluster('owner', 'LocalExecutor', ends),
      ...way.slice(1).map((name, index) => edge(way[index] ?? '', name)),
      node('encode', 'protocol', 'Protocol', ['encodes the declared fields, or the failure with its status']),
      edge('dispatch', 'encode'),
    ],
    { gap: 0.22 },
  );
  return {
    name: 'request_lifecycle',
    title: 'The steps of a call',
    about:
      'Every call of every protocol takes these steps; each lets it pass, or ends it with a failure. Behind a gateway, the executor is in another process.',
    language: 'dot',
    source,
  };
}

const conditionOf = (conditions: Readonly<Record<string, unknown>> | undefined): string =>
  Object.entries(conditions ?? {})
    .map(([name, value]) => `${name} = ${value === callerId ? 'the caller' : String(value)}`)
    .join(', ') || 'any';

export function authorization(): Picture {
  const grants = moduleContracts.flatMap((module) => module.grants);
  const access = (type: string) => operations.filter(({ spec }) => spec.access.type === type).map(({ name }) => name);
  const roles = Map.groupBy(grants, ({ role }) => role);
  const grantLines = [...roles].map(([role, given]) =>
    node(
      `role ${role}`,
      'module',
      role,
      given.map(({ actions, subject, conditions }) => `${actions.join(', ')} ${subject}: ${conditionOf(conditions)}`),
    ),
  );
  const wrapped = (names: readonly string[]) =>
    names.flatMap((_, index) => (index % 3 === 0 ? [names.slice(index, index + 3).join(', ')] : []));
  const source = graph([
    node('call', 'protocol', 'Call of an operation'),
    node('access', 'question', 'access'),
    edge('call', 'access'),
    node('anyone', 'step', 'anyone', wrapped(access('anyone'))),
    node('authenticated', 'step', 'authenticated', wrapped(access('authenticated'))),
    node('internal', 'step', 'internal', wrapped(access('internal'))),
    node('can', 'step', 'can(action, subject)', wrapped(access('can'))),
    ...['anyone', 'authenticated', 'internal', 'can'].map((name) => edge('access', name)),
    cluster('grants', 'Grants of a role (CASL)', grantLines),
    ...[...roles.keys()].map((role) => edge('can', `role ${role}`)),
    node('input', 'step', 'conditions on the input', ['before the handler']),
    node('rows', 'step', 'conditions on rows', ['the query filters by them']),
    ...[...roles.keys()].flatMap((role) => [edge(`role ${role}`, 'input'), edge(`role ${role}`, 'rows')]),
    node('run', 'process', 'Handler'),
    ...['anyone', 'authenticated', 'input', 'rows'].map((name) => edge(name, 'run')),
    node('service', 'question', 'service token?'),
    edge('internal', 'service'),
    edge('service', 'run', { label: 'yes' }),
  ]);
  return {
    name: 'authorization_casl_flow',
    title: 'Who may call what',
    about:
      'The contract of each operation declares its access; grants of a role allow actions, with conditions on the input and on rows.',
    language: 'dot',
    source,
  };
}

export function operationsByProtocol(): Picture {
  const restOf = ({ wire }: (typeof operations)[number]) => (wire.rest ? `${wire.rest.method} ${wire.rest.path}` : '');
  const rows = operations.map((each) => [
    each.id,
    each.kind,
    each.spec.access.type === 'can' ? `${each.spec.access.action} ${each.spec.access.subject}` : each.spec.access.type,
    restOf(each),
    ...protocols.map((protocol) => each.protocols.includes(protocol)),
  ]);
  return {
    name: 'operations_by_protocol',
    title: 'Operations by protocol',
    about:
      'Every operation with its kind, who may call it, its route, and the protocols that serve it. Internal ones are for services.',
    language: 'dot',
    source: tableGraph(['operation', 'kind', 'access', 'route', ...protocols], rows),
  };
}

export function modulesAndCalls(): Picture {
  const source = graph(
    [
      ...moduleContracts.map(({ name, description }) => node(name, 'module', name, [description ?? ''])),
      ...moduleCalls().map(({ from, to, operations: names }) => edge(from, to, { label: names.join('\\n') })),
    ],
    { direction: 'LR', gap: 1.2 },
  );
  return {
    name: 'modules_and_calls',
    title: 'Which module calls which',
    about: 'The operations that a module sends to another one over the bus, in this process or to another.',
    language: 'dot',
    source,
  };
}
