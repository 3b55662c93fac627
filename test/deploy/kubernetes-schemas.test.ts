import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inHouse, plant } from '../house/planted-tree.js';
import { combinations } from './support/combinations.js';
import { KUBECONFORM, KUBERNETES_SCHEMAS, KUSTOMIZE, kustomizeBuild, runTool } from './support/kubernetes-tools.js';
import { objectsOf, ofKind } from './support/manifests.js';
import { writeResourceSchemas } from './support/resource-schemas.js';

interface Report {
  readonly summary: { valid: number; invalid: number; errors: number; skipped: number };
  readonly resources?: readonly { readonly name: string; readonly msg: string }[];
}

function conform(yaml: string): Report {
  const ours = writeResourceSchemas(join(plant({}), 'schemas'));
  const locations = [KUBERNETES_SCHEMAS ?? '', ours].flatMap((location) => ['-schema-location', location]);
  const { stdout, stderr } = runTool(KUBECONFORM, ['-strict', '-summary', '-output', 'json', ...locations], yaml);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}

describe.skipIf(!KUSTOMIZE || !KUBECONFORM || !KUBERNETES_SCHEMAS)('kubeconform, with KUBECONFORM', () => {
  test.each(combinations)('finds nothing wrong with $overlay and $components', ({ overlay, components }) => {
    const { summary, resources = [] } = conform(kustomizeBuild(overlay, components));
    expect(resources).toEqual([]);
    expect(summary).toMatchObject({ invalid: 0, errors: 0, skipped: 0 });
    expect(summary.valid).toBeGreaterThan(10);
  });

  test('a tag that a user chooses gets into the names of the migrations, by the replacement of docs/deployment.md', () => {
    const [example = ''] =
      /^ +replacements:\n(?: {4,}.*\n)+/m.exec(readFileSync(inHouse('docs/deployment.md'), 'utf8')) ?? [];
    const images = [{ name: 'nestjs-mstv', newName: 'registry.example.com/nestjs-mstv', newTag: '3f2c1ab' }];
    const objects = objectsOf(kustomizeBuild('split', [], { images, ...parse(example) }));
    expect(ofKind(objects, 'Job').map(({ metadata }) => metadata.name)).toEqual([
      'auth-service-migrate-3f2c1ab',
      'user-service-migrate-3f2c1ab',
    ]);
  });

  test.each([
    ['a Deployment', 'maxUnavailable: 0', 'maxUnavailble: 0'],
    ['an HTTPRoute', 'parentRefs:', 'parentRef:'],
    ['a ServiceMonitor', 'interval: 30s', 'interval: 30s\n    retries: 3'],
  ])('refuses %s with a field that does not exist', (_, right, wrong) => {
    const yaml = kustomizeBuild('split', ['gateway-api', 'prometheus']);
    expect(yaml).toContain(right);
    expect(conform(yaml.replace(right, wrong)).summary.invalid).toBe(1);
  });
});
