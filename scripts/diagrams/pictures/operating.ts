import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { kubernetes } from '../../deploy/kubernetes.js';
import { processesOf } from '../../deploy/model-queries.js';
import type { DeployedProcess, DeploymentModel } from '../../deploy/model-types.js';
import { cluster, edge, graph, node, tableGraph } from '../dot.js';
import { existing, named } from '../facts.js';
import type { Picture } from '../picture.js';

export function deploymentOptions(model: DeploymentModel): Picture {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const command = (name: string): string => {
    if (!scripts[name]) throw new Error(`a diagram names npm run ${name}, which does not exist: change the diagram`);
    return name === 'start' ? 'npm start' : `npm run ${name}`;
  };
  const overlays = model.topologies.map(({ name }) => existing(`k8s/overlays/${name}`));
  const source = graph(
    [
      node('code', 'module', 'One program', ['one bundle, one image']),
      cluster('machine', 'This machine', [
        node('start', 'process', command('start'), ['one process,', 'embedded engines']),
        node('split', 'process', command('start:split'), ['gateway and services,', 'embedded engines']),
      ]),
      cluster('compose', 'Docker Compose', [
        node('compose-monolith', 'process', 'docker compose', ['--profile monolith']),
        node('compose-split', 'process', 'docker compose', ['--profile split']),
      ]),
      cluster('cluster', 'Kubernetes', [
        ...overlays.map((path) => node(path, 'process', 'kubectl apply -k', [path])),
        node('helm', 'process', 'helm install', [existing('deploy/helm')]),
      ]),
      cluster('aws', 'AWS', [node('ecs', 'process', 'ECS', [existing('deploy/ecs')])]),
      ...['start', 'split', 'compose-monolith', 'compose-split', ...overlays, 'helm', 'ecs'].map((id) =>
        edge('code', id),
      ),
    ],
    { direction: 'LR', gap: 1 },
  );
  return {
    name: 'deployment_options',
    title: 'Ways to run it',
    about: 'The same program runs as one process or as gateway and services, from a laptop to a cluster.',
    language: 'dot',
    source,
  };
}

export function scalability(model: DeploymentModel): Picture {
  const processes = processesOf(model, 'split');
  const replicas = ({ resources }: DeployedProcess) =>
    `${resources.replicas.min} to ${resources.replicas.max} instances`;
  const edges = processes.filter(({ isPublic }) => isPublic);
  const owners = processes.filter(({ isPublic }) => !isPublic);
  const source = graph(
    [
      node('balancer', 'caller', 'Load balancer'),
      cluster(
        'edge',
        'Stateless',
        edges.map((each) => node(each.name, 'process', each.name, [replicas(each)])),
      ),
      cluster(
        'owners',
        'Stateless',
        owners.map((each) => node(each.name, 'process', each.name, [replicas(each)])),
      ),
      ...edges.flatMap((each) => [
        edge('balancer', each.name),
        ...each.calls.map(({ service }) => edge(each.name, service, { label: 'client-side balancing' })),
      ]),
      cluster('state', 'State: divided by service', [
        ...owners.map(({ database = '' }) => node(database, 'store', database, ['PgBouncer, PostgreSQL, standby'])),
        node('redis', 'store', 'Redis', ['limits and sessions', 'of all instances']),
        node('mqtt', 'store', 'MQTT broker', ['shared subscription:', 'instances share requests']),
      ]),
      ...owners.map(({ name, database = '' }) => edge(name, database)),
      ...edges.flatMap(({ name, needs }) => needs.map((need) => edge(name, need.name, { dashed: true }))),
      ...owners.map(({ name }) => edge(name, 'redis', { dashed: true })),
    ],
    { gap: 0.7 },
  );
  return {
    name: 'scalability_patterns',
    title: 'What is scaled by what',
    about: 'Processes keep no state: add instances. State is divided by service, each with a database of its own.',
    language: 'dot',
    source,
  };
}

interface Scraping {
  readonly scrape_configs: readonly { readonly job_name: string; readonly metrics_path?: string }[];
}

export function observability(): Picture {
  const prometheus = parse(readFileSync('deploy/observability/prometheus.yaml', 'utf8')) as Scraping;
  const alerts = existing('deploy/observability/alerts.yaml');
  const dashboard = existing('deploy/observability/operations.dashboard.json');
  const jobs = prometheus.scrape_configs.map(({ job_name: job }) => job);
  const source = graph(
    [
      cluster('process', 'Every process', [
        node('metrics', 'step', '/metrics', ['rate, errors, duration by operation']),
        node('logs', 'step', 'stdout', ['JSON lines with trace id']),
        node('health', 'step', '/health/live, /health/ready'),
        node('sdk', 'step', 'OpenTelemetry SDK', ['traces, metrics, logs']),
        node('pipeline', 'process', named('src/pipeline/pipeline.ts', 'Pipeline'), [
          'a span and a count for each call',
        ]),
        edge('pipeline', 'metrics'),
        edge('pipeline', 'sdk'),
        edge('pipeline', 'logs'),
      ]),
      node('prometheus', 'store', 'Prometheus', [`jobs: ${jobs.join(', ')}`]),
      edge('metrics', 'prometheus', { label: 'scraped' }),
      node('alerts', 'document', 'Alerts', [alerts]),
      node('grafana', 'document', 'Grafana', [dashboard]),
      edge('prometheus', 'alerts'),
      edge('prometheus', 'grafana'),
      node('collector', 'store', 'OTLP collector', ['Jaeger, SigNoz, Datadog']),
      edge('sdk', 'collector', { label: 'OTEL_EXPORTER_OTLP_ENDPOINT', dashed: true }),
      node('agent', 'store', 'Log agent', ['of the platform']),
      edge('logs', 'agent'),
      node('platform', 'caller', 'Load balancer, kubelet'),
      edge('health', 'platform', { label: 'asked' }),
    ],
    { gap: 0.6 },
  );
  return {
    name: 'observability_pipeline',
    title: 'Where metrics, logs and traces go',
    about:
      'Metrics are scraped, and logs are lines on stdout; where an OTLP endpoint is set, traces, metrics and logs are sent there.',
    language: 'dot',
    source,
  };
}

interface Manifest {
  readonly kind: string;
  readonly metadata?: { readonly name: string };
}

/** Kinds of objects by process, as the written manifests have them. */
export function deploymentObjects(model: DeploymentModel): Picture {
  const files = [...kubernetes.write(model)].filter(
    ([path]) => path.startsWith('k8s/base/') && !path.endsWith('kustomization.yaml'),
  );
  const byFolder = Map.groupBy(files, ([path]) => path.split('/')[2] ?? '');
  const kindsOf = (texts: readonly string[]) =>
    texts.flatMap((text) => parseAllDocuments(text).map((each) => (each.toJS() as Manifest).kind));
  const kinds = new Map([...byFolder].map(([folder, entries]) => [folder, kindsOf(entries.map(([, text]) => text))]));
  const columns = [...new Set([...kinds.values()].flat())];
  const rows = [...kinds].map(([folder, found]) => [folder, ...columns.map((kind) => found.includes(kind))]);
  return {
    name: 'deployment_objects',
    title: 'Kubernetes objects of each process',
    about: 'What k8s/base has for each process; overlays choose among them, components add optional parts.',
    language: 'dot',
    source: tableGraph(['k8s/base', ...columns], rows),
  };
}
