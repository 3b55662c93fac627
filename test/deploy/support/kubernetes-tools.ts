import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import { inHouse } from '../../house/planted-tree.js';

/** Programs, by the variables that `.ci/run` sets. */
export const { KUBECTL, KUSTOMIZE, KUBECONFORM, KUBERNETES_SCHEMAS, KUBECONFIG, CHECKOV } = process.env;

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `program`: one of the variables above, set. */
export function runTool(program: string | undefined, args: readonly string[], input = ''): Result {
  if (program === undefined) throw new Error(`the program of ${args.join(' ')} is not set`);
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** The manifests of an overlay with components of `k8s/components`, and `more` of a kustomization. Throws what kustomize complains of. */
export function kustomizeBuild(overlay: string, components: readonly string[] = [], more: object = {}): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'kustomize-'));
  try {
    const at = (path: string) => relative(folder, inHouse(`k8s/${path}`));
    const kustomization = {
      resources: [at(`overlays/${overlay}`)],
      components: components.map((name) => at(`components/${name}`)),
      ...more,
    };
    writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization));
    const { status, stdout, stderr } = runTool(KUSTOMIZE, ['build', folder]);
    if (status !== 0 || stderr !== '') throw new Error(stderr);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
