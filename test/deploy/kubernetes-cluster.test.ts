import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installSchemas, TestNamespace, yamlOf } from './support/cluster.js';
import { components, fewCombinations, overlays } from './support/combinations.js';
import { KUBECONFIG, KUBECTL, KUSTOMIZE, kustomizeBuild } from './support/kubernetes-tools.js';
import {
  barePods,
  type Container,
  type KubernetesObject,
  objectsOf,
  ofKind,
  type PodTemplate,
} from './support/manifests.js';

const mayGainPrivileges = { allowPrivilegeEscalation: true, capabilities: { add: ['SYS_ADMIN'] } };

/** Of the split overlay, its containers with another security context. */
function firstDeployment(securityContext: object): KubernetesObject {
  const [deployment] = ofKind<{ readonly template: PodTemplate }>(objectsOf(kustomizeBuild('split')), 'Deployment');
  if (!deployment) throw new Error('there is no Deployment');
  const { template } = deployment.spec;
  const containers = template.spec.containers.map((container): Container => ({ ...container, securityContext }));
  return {
    ...deployment,
    spec: { ...deployment.spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}

describe.skipIf(!KUBECONFIG || !KUBECTL || !KUSTOMIZE)('an API server, with KUBECONFIG', () => {
  let namespace: TestNamespace;
  beforeAll(async () => {
    await installSchemas();
    namespace = new TestNamespace();
  });
  afterAll(() => namespace?.remove());

  test.each(fewCombinations)(
    'takes $overlay with $components, without a warning, and finds no difference afterwards',
    (chosen) => {
      const yaml = kustomizeBuild(chosen.overlay, chosen.components);
      for (const options of [['--dry-run=server'], []]) {
        const { accepted, warnings, output } = namespace.apply(yaml, ...options);
        expect(warnings).toEqual([]);
        expect(accepted, output).toBe(true);
        expect(output.trim().split('\n')).toHaveLength(objectsOf(yaml).length);
      }
      expect(namespace.differences(yaml)).toBe('');
    },
  );

  test.each(overlays)('admits every pod of %s with all components as a bare Pod', (overlay) => {
    const pods = barePods(objectsOf(kustomizeBuild(overlay, components)));
    const { accepted, warnings, output } = namespace.create(pods);
    expect(warnings).toEqual([]);
    expect(accepted, output).toBe(true);
    expect(output.match(/^pod\/.* created$/gm)).toHaveLength(pods.length);
  });

  test('refuses a Pod that may gain privileges, and warns of its Deployment', () => {
    const deployment = firstDeployment(mayGainPrivileges);
    const pod = namespace.create(barePods([deployment]));
    expect(pod.accepted).toBe(false);
    expect(pod.output).toContain('violates PodSecurity "restricted');
    const { warnings } = namespace.apply(yamlOf([deployment]), '--dry-run=server');
    expect(warnings).toEqual([expect.stringContaining('would violate PodSecurity "restricted')]);
  });

  test('refuses a privileged Pod, and refuses or warns of its Deployment', () => {
    const deployment = firstDeployment({ privileged: true });
    expect(namespace.create(barePods([deployment])).accepted).toBe(false);
    // an API server without --allow-privileged refuses it before anything is warned of
    const { accepted, warnings } = namespace.apply(yamlOf([deployment]), '--dry-run=server');
    expect(accepted && warnings.length === 0).toBe(false);
  });

  test('takes the next version beside the migrations of this one, whose Jobs cannot change', () => {
    const yaml = kustomizeBuild('split');
    expect(namespace.apply(yaml).accepted).toBe(true);
    const tag = /image: nestjs-mstv:(\S+)/.exec(yaml)?.[1] ?? '';
    const job = tag.replaceAll('.', '-');
    const next = yaml.replaceAll(`nestjs-mstv:${tag}`, 'nestjs-mstv:99.0.0');
    expect(namespace.apply(next.replaceAll(`-migrate-${job}`, '-migrate-99-0-0')).accepted).toBe(true);
    expect(namespace.apply(next).output).toContain('field is immutable');
  });
});
