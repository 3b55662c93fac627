import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { plant } from '../house/planted-tree.js';
import { installSchemas, TestNamespace, yamlOf } from './support/cluster.js';
import { chart, HELM, helmTemplate, hooks, parts, release, runHelm, valuesOf } from './support/helm.js';
import { KUBECONFIG, KUBECTL, runTool } from './support/kubernetes-tools.js';
import { barePods, objectsOf } from './support/manifests.js';

const everything = valuesOf('split', Object.keys(parts));

/** The chart without its lowest version of Kubernetes: an API server that is built from its Go module calls itself v0.0.0. */
function chartForAnyVersion(): string {
  const copy = join(plant({}), 'chart');
  cpSync(chart, copy, { recursive: true });
  const description = join(copy, 'Chart.yaml');
  writeFileSync(description, readFileSync(description, 'utf8').replace(/^kubeVersion:.*$/m, ''));
  return copy;
}

describe.skipIf(!HELM || !KUBECONFIG || !KUBECTL)('an API server, with HELM and KUBECONFIG', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    await installSchemas();
    namespace = new TestNamespace();
  });
  afterAll(() => namespace?.remove());

  /** Fails on any warning of the API server, which Helm prints. */
  const helm = (args: readonly string[], values?: object) => {
    const { status, stderr } = runHelm([...args, '--namespace', namespace.name], values);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  };

  const names = (kind: string): readonly string[] =>
    runTool(KUBECTL, ['get', kind, '--namespace', namespace.name, '--output=name']).stdout.trim().split('\n').sort();

  afterEach(() => {
    runTool(HELM, ['uninstall', release, '--namespace', namespace.name, '--ignore-not-found']);
  });

  test.each(['monolith', 'split', 'by-protocol'])('takes %s with all parts, without a warning', (topology) => {
    helm(['install', release, chartForAnyVersion()], valuesOf(topology, Object.keys(parts)));
    expect(names('deployments').length).toBeGreaterThan(0);
  });

  test('takes an upgrade, other settings and a rollback, with Jobs of their own', () => {
    const copy = chartForAnyVersion();
    const upgrade = (values: object) => helm(['upgrade', '--install', release, copy], values);
    upgrade({ topology: 'split' });
    const first = names('jobs');
    expect(first).toHaveLength(2);
    upgrade({ topology: 'split', image: { tag: '99.0.0' } });
    expect(names('jobs')).toEqual([
      expect.stringMatching(/^job.batch\/zz-auth-service-migrate-99-0-0-\w{8}$/),
      expect.stringMatching(/^job.batch\/zz-user-service-migrate-99-0-0-\w{8}$/),
    ]);
    upgrade({ topology: 'split', settings: { LOG_LEVEL: 'debug' } });
    const changed = names('jobs');
    expect(changed.filter((job) => first.includes(job))).toEqual([]);
    runTool(HELM, ['rollback', release, '1', '--namespace', namespace.name]);
    expect(names('jobs')).toEqual(first);
  });

  test('goes from a monolith to services, and leaves nothing of the monolith', () => {
    const copy = chartForAnyVersion();
    helm(['install', release, copy], { topology: 'monolith' });
    helm(['upgrade', release, copy], { topology: 'split' });
    const all = ['deployments', 'services', 'networkpolicies', 'configmaps', 'jobs', 'hpa', 'pdb'].flatMap(names);
    expect(all.filter((name) => name.includes('monolith'))).toEqual([]);
  });

  test.each(['monolith', 'split', 'by-protocol'])(
    'admits every pod of %s as a bare Pod, the one of helm test too',
    (topology) => {
      const yaml = helmTemplate(valuesOf(topology, Object.keys(parts)));
      const tests = hooks(yaml);
      expect(tests.map(({ kind }) => kind).sort()).toEqual(['NetworkPolicy', 'NetworkPolicy', 'Pod']);
      const pods = [...barePods(objectsOf(yaml)), ...tests];
      const { accepted, warnings, output } = namespace.apply(yamlOf(pods), '--dry-run=server');
      expect(warnings).toEqual([]);
      expect(accepted, output).toBe(true);
    },
  );

  test('refuses a pod of a changed chart that runs as root, and Helm warns of its Deployment', () => {
    const copy = chartForAnyVersion();
    const template = join(copy, 'templates/_pod.tpl');
    writeFileSync(template, readFileSync(template, 'utf8').replace('runAsNonRoot: true', 'runAsUser: 0'));
    const refused = namespace.apply(yamlOf(barePods(objectsOf(helmTemplate(everything, copy)))));
    expect(refused.accepted).toBe(false);
    expect(refused.output).toContain('violates PodSecurity "restricted');
    const { stderr } = runHelm(['install', release, copy, '--namespace', namespace.name], everything);
    expect(stderr).toContain('Warning: would violate PodSecurity');
  });
});
