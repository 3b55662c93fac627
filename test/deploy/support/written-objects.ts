import { join } from 'node:path/posix';
import { parse } from 'yaml';
import type { DeployFiles } from '../../../scripts/deploy/target.js';
import { type KubernetesObject, objectsOf } from './manifests.js';

interface Kustomization {
  readonly resources?: readonly string[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly literals: readonly string[] }[];
}

const dataOf = (literals: readonly string[]) =>
  Object.fromEntries(literals.map((literal) => [literal.split('=', 1)[0], literal.slice(literal.indexOf('=') + 1)]));

/** What kustomize builds from a folder of written files, but for patches, components and the hash of a generated name. */
export function writtenObjects(files: DeployFiles, folder: string): readonly KubernetesObject[] {
  const file = files.get(join(folder, 'kustomization.yaml'));
  if (file === undefined) throw new Error(`${folder} has no kustomization.yaml`);
  const { resources = [], configMapGenerator = [] } = parse(file) as Kustomization;
  const generated = configMapGenerator.map(({ name, literals }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    spec: {},
    data: dataOf(literals),
  }));
  const listed = resources.flatMap((resource) => {
    const path = join(folder, resource);
    const text = files.get(path);
    return text === undefined ? writtenObjects(files, path) : objectsOf(text);
  });
  return [...generated, ...listed];
}
