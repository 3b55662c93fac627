import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plant } from '../house/planted-tree.js';
import { components, overlays } from './support/combinations.js';
import { CHECKOV, KUSTOMIZE, kustomizeBuild, runTool } from './support/kubernetes-tools.js';

/** Checks of checkov that the manifests fail on purpose. */
const skipped: Readonly<Record<string, string>> = {
  CKV_K8S_21: 'the namespace is chosen by `kubectl apply --namespace`, not by the manifests',
  CKV_K8S_15: 'a tag is never moved, so it is pulled once per node, and pods start while the registry is down',
  CKV_K8S_43: 'who pushes the image knows its digest: `kustomize edit set image nestjs-mstv=…@sha256:…`',
  CKV_K8S_40: 'the image names a user, and OpenShift refuses a pod that asks for a certain one',
  CKV_K8S_35: 'required secrets are files; a secret that may be missing can only be a variable',
};

interface Report {
  readonly summary: { readonly passed: number; readonly failed: number; readonly skipped: number };
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
}

function check(yaml: string): Report {
  const folder = plant({});
  writeFileSync(join(folder, 'manifests.yaml'), yaml);
  const options = ['--framework', 'kubernetes', '--output', 'json', '--quiet', '--compact', '--skip-download'];
  const skips = ['--skip-check', Object.keys(skipped).join(',')];
  const { stdout, stderr } = runTool(CHECKOV, ['--directory', folder, ...options, ...skips]);
  if (!stdout.startsWith('{')) throw new Error(`${stdout}${stderr}`);
  return JSON.parse(stdout) as Report;
}

describe.skipIf(!CHECKOV || !KUSTOMIZE)('checkov, with CHECKOV', () => {
  test.each(overlays)('finds nothing in %s with all components', (overlay) => {
    const { summary, results } = check(kustomizeBuild(overlay, components));
    expect(results.failed_checks.map(({ check_id, resource }) => `${check_id} ${resource}`)).toEqual([]);
    expect(summary.passed).toBeGreaterThan(100);
  });

  test('finds a container that may write to its root file system', () => {
    const yaml = kustomizeBuild('monolith').replaceAll('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false');
    const failed = check(yaml).results.failed_checks.map(({ check_id }) => check_id);
    expect(new Set(failed)).toEqual(new Set(['CKV_K8S_22']));
  });
});
