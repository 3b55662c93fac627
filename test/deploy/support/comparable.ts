import { product } from '../../../scripts/deploy/kubernetes-names.js';
import { release } from './helm.js';
import type { KubernetesObject, PodTemplate } from './manifests.js';
import { podEnvironment } from './pod-environment.js';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What Helm's conventions add: labels of the release and the chart, and what restarts pods when settings change. */
const added = new Set([
  'app.kubernetes.io/instance',
  'app.kubernetes.io/version',
  'app.kubernetes.io/managed-by',
  'helm.sh/chart',
  'checksum/settings',
]);

/** Objects begin with the release in one, some with the product in the other; a Job's name ends with a hash in one. */
const named = (text: string): string =>
  text
    .replaceAll(new RegExp(`(?<![\\w-])${release}-`, 'g'), '')
    .replace(new RegExp(`^${product}-(?=[a-z])`), '')
    .replace(/(-migrate-\d+-\d+-\d+)-[0-9a-f]{8}$/, '$1');

const isEmpty = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

const entryOf = ([name, value]: [string, Json]): [string, Json][] => {
  const plain = plainly(value);
  return added.has(name) || isEmpty(plain) ? [] : [[name, plain]];
};

/** Without what Helm adds, and in an order of its own. */
function plainly(value: Json): Json {
  if (typeof value === 'string') return named(value);
  if (Array.isArray(value))
    return value.map(plainly).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .flatMap(entryOf)
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}

/** A pod with its variables in place of the ConfigMaps and the entries that they come from. */
function withVariables({ metadata, spec }: PodTemplate, objects: readonly KubernetesObject[]): object {
  const [{ envFrom: _, env = [], ...container } = { name: '' }] = spec.containers;
  const variables = { ...podEnvironment(spec, objects), references: env.filter(({ valueFrom }) => valueFrom) };
  return { metadata, spec: { ...spec, containers: [{ ...container, ...variables }] } };
}

/** The parts of an object that both make alike. */
function shared(object: KubernetesObject, objects: readonly KubernetesObject[]): object {
  const { labels, name } = object.metadata;
  switch (object.kind) {
    // nothing selects a NetworkPolicy by its labels
    case 'NetworkPolicy':
      return { ...object, metadata: { name } };
    // it has the name of the product in one, and begins with the release in the other
    case 'ServiceMonitor':
      return { ...object, metadata: { labels } };
    case 'Deployment':
    case 'Job': {
      const { template, ttlSecondsAfterFinished: _, ...spec } = object.spec;
      return { ...object, spec: { ...spec, template: withVariables(template as PodTemplate, objects) } };
    }
    default:
      return object;
  }
}

/** Objects by kind and name, without what is meant to differ between a cluster that kustomize fills and one that Helm fills. */
export function comparable(objects: readonly KubernetesObject[]): Readonly<Record<string, unknown>> {
  const compared = objects.filter(({ kind }) => kind !== 'ConfigMap');
  return Object.fromEntries(
    compared.map((object) => {
      const plain = plainly(JSON.parse(JSON.stringify(shared(object, objects)))) as { metadata: { name?: string } };
      return [`${object.kind} ${plain.metadata.name}`, plain];
    }),
  );
}
