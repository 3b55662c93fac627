import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { helm } from '../../scripts/deploy/helm.js';
import { deploymentModel } from '../../scripts/deploy/model.js';
import { plant } from '../house/planted-tree.js';
import { tableWithOrders } from './support/added-service.js';
import { comparable } from './support/comparable.js';
import { chart, HELM, helmTemplate, installed, parts, release, runHelm, valuesOf } from './support/helm.js';
import { conform } from './support/kubeconform.js';
import { KUBECONFORM, KUBERNETES_SCHEMAS, KUSTOMIZE, kustomizeBuild } from './support/kubernetes-tools.js';
import { objectsOf } from './support/manifests.js';
import { networkReach } from './support/network-reach.js';
import { refusedValues } from './support/refused-values.js';

const topologies = ['monolith', 'split', 'by-protocol'];
const components = Object.keys(parts);

const combine = (choices: readonly (readonly string[])[]) =>
  topologies.flatMap((topology) => choices.map((chosen) => ({ topology, components: chosen })));
const extremes = combine([[], components]);
const combinations = combine([[], ...components.map((component) => [component]), components]);

/** The chart with the files of another service table. */
function chartOf(table: typeof tableWithOrders): string {
  const root = plant({});
  cpSync(chart, join(root, 'deploy/helm'), { recursive: true });
  for (const [path, text] of helm.write(deploymentModel('0.1.0', table))) writeFileSync(join(root, path), text);
  return join(root, 'deploy/helm');
}

describe.skipIf(!HELM)('the chart, with HELM', () => {
  test.each(extremes)('has nothing that helm lint complains of: $topology with [$components]', (chosen) => {
    const values = valuesOf(chosen.topology, chosen.components);
    const { status, stdout } = runHelm(['lint', '--strict', chart, '--kube-version', '1.36.0'], values);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(status).toBe(0);
  });

  test.each(refusedValues)('does not install with %s', (_, values) => {
    expect(() => helmTemplate(values)).toThrow("values don't meet the specifications of the schema");
  });

  test('makes every object of a service that is added to the table', () => {
    const objects = installed(helmTemplate({ topology: 'split' }, chartOf(tableWithOrders)));
    const named = objects.filter(({ metadata }) => metadata.name.startsWith(`${release}-order-service`));
    expect(named.map(({ kind }) => kind).sort()).toEqual(
      [
        ...['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'Job', 'NetworkPolicy', 'NetworkPolicy'],
        ...['PodDisruptionBudget', 'Service', 'ServiceAccount'],
      ].sort(),
    );
    const reached = networkReach(objects);
    expect(reached).toContain('zz-api-gateway -> zz-order-service:grpc');
    expect(reached).toContain('zz-order-service -> zz-user-service:grpc');
    expect(reached).not.toContain('zz-auth-service -> zz-order-service:grpc');
  });

  test('gives variables the texts of numbers, and 0 as well', () => {
    const settings = { BODY_LIMIT_BYTES: 10_485_760, OTEL_TRACES_SAMPLER_ARG: 0 };
    const objects = installed(helmTemplate({ topology: 'monolith', otel: { enabled: true }, settings }));
    expect(objects.find(({ kind }) => kind === 'ConfigMap')?.data).toMatchObject({
      BODY_LIMIT_BYTES: '10485760',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
  });

  test('has room for long names: a name that would be too long is cut where it begins', () => {
    const yaml = helmTemplate({
      topology: 'by-protocol',
      fullnameOverride: 'a-name-that-is-much-too-long-for-an-object',
    });
    const names = installed(yaml).map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => (name.split(' ')[1] ?? '').length > 63)).toEqual([]);
  });

  test('says why the name of a release cannot be used', () => {
    expect(() => helmTemplate({ fullnameOverride: '9-lives' })).toThrow('9-lives cannot begin the name of a Service');
  });
});

describe.skipIf(!HELM || !KUSTOMIZE)('the chart, with HELM and KUSTOMIZE', () => {
  test.each(combinations)('makes the objects of the overlay $topology with [$components]', (chosen) => {
    const ours = comparable(installed(helmTemplate(valuesOf(chosen.topology, chosen.components))));
    const theirs = comparable(objectsOf(kustomizeBuild(chosen.topology, chosen.components)));
    expect(ours).toEqual(theirs);
  });

  test('would not pass as the overlay with another setting', () => {
    const changed = { topology: 'split', settings: { LOG_LEVEL: 'debug' } };
    expect(comparable(installed(helmTemplate(changed)))).not.toEqual(comparable(objectsOf(kustomizeBuild('split'))));
  });
});

describe.skipIf(!HELM || !KUBECONFORM || !KUBERNETES_SCHEMAS)('kubeconform, with HELM and KUBECONFORM', () => {
  test.each(combinations)('finds nothing wrong with $topology and [$components]', (chosen) => {
    const { summary, resources = [] } = conform(helmTemplate(valuesOf(chosen.topology, chosen.components)));
    expect(resources).toEqual([]);
    expect(summary).toMatchObject({ invalid: 0, errors: 0, skipped: 0 });
    expect(summary.valid).toBeGreaterThan(10);
  });

  test('refuses a field that does not exist', () => {
    const yaml = helmTemplate({ topology: 'monolith' }).replace('maxUnavailable: 0', 'maxUnavailble: 0');
    expect(conform(yaml).summary.invalid).toBe(1);
  });
});
